/** @file Progress on a terminal: finished nodes scroll up, those at work are redrawn below, at most ten times a second. */
import type { RunEvent } from "../../executor/report.ts";
import type { Paint } from "../output/paint.ts";
import type { Size } from "../shell.ts";
import type { Reporter } from "./reporter.ts";
import { fold, initialState } from "./state.ts";
import { view } from "./view.ts";
import { endLine, logLine } from "./words.ts";

const interval = 100;

/** The part of a terminal that is redrawn. */
export interface Canvas {
  /** Replaces what was drawn last. */
  draw(text: string): void;
  /** Writes a line above the drawing, for good. */
  above(line: string): void;
  /** Leaves the terminal as it was, without the drawing. */
  close(): void;
  /** Columns and rows of the terminal. */
  size(): Size;
}

/** Redraws progress. */
export class LiveReporter implements Reporter {
  readonly #canvas: Canvas;
  readonly #paint: Paint;
  readonly #now: () => number;
  readonly #state;
  readonly #said = new Set<string>();
  #drawn = -Infinity;

  /** @param now the clock, in milliseconds. */
  constructor(canvas: Canvas, paint: Paint, now: () => number) {
    this.#canvas = canvas;
    this.#paint = paint;
    this.#now = now;
    this.#state = initialState(now());
  }

  /** Takes an event of the run. */
  event(event: RunEvent): void {
    fold(this.#state, event, this.#now());
    if (event.kind === "end") {
      const line = endLine(event.node, this.#paint);
      if (line !== undefined) this.#canvas.above(line);
    } else if (event.kind === "log") {
      const line = logLine(event, this.#paint);
      if (!this.#said.has(line)) this.#canvas.above(line); // every branch of a stage may say the same
      this.#said.add(line);
    }
    this.tick();
  }

  /** Redraws if the last drawing is old enough; called at every event and by a timer between them. */
  tick(): void {
    const now = this.#now();
    if (now - this.#drawn < interval || this.#state.running.size === 0) return;
    this.#drawn = now;
    this.#canvas.draw(view(this.#state, now, { ...this.#canvas.size(), paint: this.#paint }));
  }

  /** Writes a message. */
  say(message: string): void {
    this.#canvas.above(message);
  }

  /** Takes the drawing away. */
  close(): void {
    this.#canvas.close();
  }
}
