/** @file Chooses how progress is shown: redrawn on a terminal, line by line elsewhere, not at all when quiet. */
import type { RunEvent } from "../../executor/report.ts";
import { painter } from "../output/paint.ts";
import type { Shell } from "../shell.ts";

/** Shows a run's progress. */
export interface Reporter {
  /** Takes an event of the run. */
  event(event: RunEvent): void;
  /** Shows that time has passed. */
  tick(): void;
  /** Tells the user something of the program's own. */
  say(message: string): void;
  /** Ends the display. */
  close(): void;
}

const silent: Reporter = { event() {}, tick() {}, say() {}, close() {} };

/** The reporter for this shell; it ticks by itself until closed. */
export async function reporterFor(shell: Shell, quiet: boolean): Promise<Reporter> {
  if (quiet) return silent;
  const reporter = await make(shell);
  const timer = setInterval(() => reporter.tick(), shell.stderr.isTerminal ? 100 : 1000);
  return {
    event: (event) => reporter.event(event),
    tick: () => reporter.tick(),
    say: (message) => reporter.say(message),
    close: () => {
      clearInterval(timer);
      reporter.close();
    },
  };
}

async function make(shell: Shell): Promise<Reporter> {
  const { stderr, now } = shell;
  if (stderr.isTerminal) {
    const [{ LiveReporter }, { terminalCanvas }] = await Promise.all([import("./live.ts"), import("./canvas.ts")]);
    return new LiveReporter(terminalCanvas(stderr), painter(stderr), now);
  }
  const { PlainReporter } = await import("./plain.ts");
  return new PlainReporter((text) => stderr.write(text), now);
}
