/** @file What a user asks the executor for. */
import type { RemoteOptions } from "../cache/remote/mod.ts";
import type { DeviceOptions } from "./device.ts";

export type { RemoteOptions, Trust } from "../cache/remote/mod.ts";

/** Which pipeline, with which parameters. The same request in another process builds the same graph. */
export interface PipelineRequest {
  /** Path or URL of a `.ts` module with a pipeline as default export, or of a `.yaml` file. */
  readonly pipeline: string;
  readonly preset?: string | undefined;
  /** Merged over the preset in order: `--params` files, then every `--set`. */
  readonly overrides?: readonly unknown[];
  /** Whether to type-check the pipeline first; default true. */
  readonly check?: boolean | undefined;
  /** URL of the module whose exported stages YAML files may name. */
  readonly library?: string | undefined;
}

/** How to run it. */
export interface RunOptions {
  /** The store's folder. */
  readonly cache: string;
  /** Folder for output files. */
  readonly out?: string | undefined;
  /** Folder for downloaded data sets. */
  readonly data: string;
  /** The device asked for; `auto` where it is not said. */
  readonly device?: string | undefined;
  /** Who knows what devices there are; without it `auto` is the CPU. */
  readonly devices?: DeviceOptions | undefined;
  /** How many branches run at once; default: the machine's cores. */
  readonly jobs?: number | undefined;
  /** Glob over node ids: run these and what they need, nothing else. */
  readonly only?: string | undefined;
  /** Glob over node ids: run these although they are cached. */
  readonly force?: string | undefined;
  /** After a failure, go on with what does not depend on it. */
  readonly keepGoing?: boolean | undefined;
  /** Seconds between two checkpoints of a long stage; 60 by default. */
  readonly checkpointSeconds?: number | undefined;
  /** A server that results are shared through; none by default. */
  readonly remote?: RemoteOptions | undefined;
  /** A warning is an error. */
  readonly strict?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}
