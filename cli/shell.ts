/** @file What a verb may touch of the world: two streams, the environment, a clock, the executor. Tests pass fakes. */
import type { ArtifactType, Graph, Value } from "../dsl/mod.ts";
import type { runAcross } from "../executor/cluster/across.ts";
import type { cancelWorkers, poolsAtWork } from "../executor/cluster/report.ts";
import type { work } from "../executor/cluster/work.ts";
import type { Explanation } from "../executor/explain.ts";
import type { exportPrograms } from "../executor/export.ts";
import type { gc } from "../executor/gc.ts";
import type { pack } from "../executor/pack.ts";
import type { RunRecord } from "../executor/log.ts";
import type { remembered } from "../executor/remembered.ts";
import type { Report, RunEvent } from "../executor/report.ts";
import type { PipelineRequest, RunOptions } from "../executor/request.ts";
import type { Verification, VerificationOptions } from "../executor/verify.ts";

/** The size of a terminal, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A stream that text is written to. */
export interface Sink {
  /** Whether a person is watching. */
  readonly isTerminal: boolean;
  /** Whether to colour what is written. */
  readonly colours: boolean;
  /** The terminal's size; 80 by 24 where unknown. */
  readonly size: () => Size;
  /** Whether whoever read it has gone (`| head`): further text is dropped. */
  readonly closed: boolean;
  /** Writes all of `text`. */
  write(text: string): void;
}

/** An artifact, as the executor hands it out for reading. */
export interface Shown {
  readonly node: string;
  readonly stage: string;
  readonly type: ArtifactType;
  readonly digest: string;
  /** Whether it is a collection. */
  readonly many: boolean;
  readonly items: {
    readonly length: number;
    at(index: number): Promise<Value<ArtifactType>>;
  };
}

/** What the command line needs of the executor. */
export interface Executor {
  run(request: PipelineRequest, options: RunOptions, watch: (event: RunEvent) => void): Promise<Report>;
  runAcross(...request: Parameters<typeof runAcross>): Promise<Report>;
  pack(...request: Parameters<typeof pack>): ReturnType<typeof pack>;
  work(...request: Parameters<typeof work>): ReturnType<typeof work>;
  poolsAtWork(...request: Parameters<typeof poolsAtWork>): ReturnType<typeof poolsAtWork>;
  cancelWorkers(...request: Parameters<typeof cancelWorkers>): ReturnType<typeof cancelWorkers>;
  plan(request: PipelineRequest, options: RunOptions, watch?: (event: RunEvent) => void): Promise<Report>;
  graph(request: PipelineRequest): Promise<Graph>;
  show(request: PipelineRequest, options: RunOptions, node: string): Promise<Shown>;
  explain(request: PipelineRequest, options: RunOptions, node: string): Promise<Explanation>;
  exportPrograms(...request: Parameters<typeof exportPrograms>): ReturnType<typeof exportPrograms>;
  log(cache: string, head: number, of?: string): Promise<RunRecord[]>;
  gc(...request: Parameters<typeof gc>): ReturnType<typeof gc>;
  remembered(...request: Parameters<typeof remembered>): ReturnType<typeof remembered>;
  verify(options: RunOptions, checks: VerificationOptions): Promise<Verification>;
}

/** The world, as verbs see it. */
export interface Shell {
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** An environment variable; undefined where it is unset or empty. */
  readonly env: (name: string) => string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Loads the executor: late, since help and usage errors do not need it. */
  readonly executor: () => Promise<Executor>;
  /** Devices: loaded late too. `module` is the URL of what each worker calls before it uses one. */
  readonly devices: { readonly module: string; readonly load: () => Promise<typeof import("./devices/mod.ts")> };
  /** URL of the module whose stages YAML pipelines may name. */
  readonly library: string;
  /** Calls `listener` at each interrupt until the result is called. */
  readonly onInterrupt: (listener: () => void) => () => void;
  /** Calls `listener` when a scheduler says that the time is nearly up (SIGUSR1 or SIGUSR2), until the result is called. */
  readonly onNotice: (listener: () => void) => () => void;
  /** URL of the program, for processes that are to run it. */
  readonly program: string;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
  /** What the program will exit with; verbs set it. */
  exitCode: number;
}
