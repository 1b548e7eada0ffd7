/** @file Progress as plain lines with timestamps, for logs: when a node starts, now and then while it runs, at its end. */
import type { RunEvent } from "../../executor/report.ts";
import { plain } from "../output/paint.ts";
import { branchesDone, fold, initialState, type RunningNode, shareDone } from "./state.ts";
import type { Reporter } from "./reporter.ts";
import { endLine, logLine, measures } from "./words.ts";

const silence = 10_000;

/** Writes progress line by line. */
export class PlainReporter implements Reporter {
  readonly #write: (text: string) => void;
  readonly #now: () => number;
  readonly #state;
  readonly #told = new Map<string, number>();
  readonly #said = new Set<string>();

  /**
   * @param write takes whole lines.
   * @param now the clock, in milliseconds.
   */
  constructor(write: (text: string) => void, now: () => number) {
    this.#write = write;
    this.#now = now;
    this.#state = initialState(now());
  }

  /** Takes an event of the run. */
  event(event: RunEvent): void {
    const now = this.#now();
    fold(this.#state, event, now);
    if (event.kind === "start") {
      const { total, cached } = event.branches;
      if (cached === total) return; // nothing is about to run
      const branches = total > 1 ? `, ${total} branches${cached > 0 ? ` (${cached} cached)` : ""}` : "";
      this.#line(`${event.id}: started${branches}${event.reason ? `; ${event.reason}` : ""}`);
      this.#told.set(event.id, now);
    } else if (event.kind === "end") {
      const line = endLine(event.node, plain);
      if (line !== undefined) this.#line(line.slice(2).replace(" ", ": "));
    } else if (event.kind === "log") {
      const line = logLine(event, plain);
      if (!this.#said.has(line)) this.#line(line); // every branch of a stage may say the same
      this.#said.add(line);
    }
    this.tick();
  }

  /** Reports on nodes that have been silent for a while; called now and then. */
  tick(): void {
    const now = this.#now();
    for (const node of this.#state.running.values()) {
      if (now - (this.#told.get(node.id) ?? now) < silence) continue;
      this.#told.set(node.id, now);
      this.#line(`${node.id}: ${[amount(node), ...measures(node, now)].join(", ")}`);
    }
  }

  /** Writes a message. */
  say(message: string): void {
    this.#line(message);
  }

  /** Nothing is left to clean up. */
  close(): void {}

  #line(text: string): void {
    this.#write(`${timeOfDay(this.#now())} ${text}\n`);
  }
}

function amount(node: RunningNode): string {
  return node.branches.total > 1
    ? `${branchesDone(node)}/${node.branches.total}`
    : `${Math.floor(100 * shareDone(node))}%`;
}

function timeOfDay(now: number): string {
  const time = new Date(now);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((n) => String(n).padStart(2, "0")).join(":");
}
