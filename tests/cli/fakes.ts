/** @file A shell that keeps what is written to it, and an executor that does as it is told. */
import type { Executor, Shell, Sink } from "../../cli/shell.ts";
import type { NodeReport, Report, Status } from "../../executor/report.ts";

/** A stream of 80 columns that remembers what it is given. */
export class FakeSink implements Sink {
  text = "";
  readonly isTerminal: boolean;
  readonly colours: boolean;
  readonly #limit: number;

  /** @param given.limit how many characters are read before the reader leaves. */
  constructor(given: { isTerminal?: boolean; colours?: boolean; limit?: number } = {}) {
    this.isTerminal = given.isTerminal ?? false;
    this.colours = given.colours ?? false;
    this.#limit = given.limit ?? Infinity;
  }

  get closed(): boolean {
    return this.text.length > this.#limit;
  }

  size() {
    return { columns: 80, rows: 24 };
  }

  write(text: string): void {
    this.text += text;
  }
}

/** A shell around a fake executor; what is not given throws when used. */
export function fakeShell(executor: Partial<Executor> = {}, given: Partial<Pick<Shell, "executor">> = {}) {
  const listeners = new Set<() => void>();
  const exits: number[] = [];
  const shell = {
    stdout: new FakeSink(),
    stderr: new FakeSink(),
    env: () => undefined,
    now: () => noon,
    executor: () => Promise.resolve(executor as Executor),
    devices: { module: "file:///prepare.ts", load: () => Promise.reject(new Error("No devices in this test")) },
    library: "file:///library.ts",
    onInterrupt(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onNotice: () => () => {},
    program: "file:///main.ts",
    exit: (code: number) => void exits.push(code),
    exitCode: 0,
    ...given,
  };
  return { shell, exits, listeners, interrupt: () => listeners.forEach((listener) => listener()) };
}

/** Noon on some day where the test runs, so that times of day in golden files hold in every time zone. */
export const noon = new Date(2026, 0, 2, 12, 0, 0).getTime();

/** A node's report. */
export function nodeReport(id: string, status: Status, given: Partial<NodeReport> = {}): NodeReport {
  return {
    id,
    stage: id.split("/").at(-1)!,
    status,
    branches: { total: 1, ran: status === "ran" ? 1 : 0, cached: status === "cached" ? 1 : 0, failed: 0 },
    key: "key",
    digest: status === "failed" || status === "skipped" ? null : "digest",
    seconds: 1.5,
    reason: "",
    ...given,
  };
}

/** A report of these nodes. */
export function reportOf(nodes: readonly NodeReport[], given: Partial<Report> = {}): Report {
  const counts = { ran: 0, cached: 0, cutoff: 0, failed: 0, skipped: 0 };
  for (const { status } of nodes) counts[status]++;
  return { pipeline: "table1", preset: "tiny", device: "cpu", seconds: 41.2, counts, nodes, outputs: {}, ...given };
}
