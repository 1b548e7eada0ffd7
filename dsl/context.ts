/** @file What a running stage is given beside its inputs and parameters. */
import type { Checkpoint } from "./checkpoint.ts";

/** How far a branch has come. */
export interface Progress {
  /** Units done so far. */
  readonly done: number;
  /** Units in all. */
  readonly total: number;
  /** What a unit is: `images`, `bytes`, `examples`. */
  readonly unit: string;
}

/** Keeps compiled programs by key; it may forget any of them at any time. */
export interface ProgramCache {
  /** Said for exports alone: whether programs are to be of ONNX's own operators only. */
  readonly portable?: boolean;
  /** Said for exports alone: programs compute nothing. `id` tells exports apart; `called` is asked at each call. */
  readonly rehearsal?: { readonly id: string; readonly called: () => void };
  /** What was put under a key, unharmed, or nothing. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Keeps a program; `name` is for people. */
  put(key: string, program: Uint8Array, name: string): Promise<void>;
}

/** Beside its inputs and parameters, a stage sees this and nothing else: no clock, no environment, no store. */
export interface StageContext {
  /**
   * What the branch's randomness is keyed by, beside the stage's own `seed` parameter: the digest of the item that a
   * mapped stage works on, or "" for other stages. It comes from content, so that results never depend on names,
   * order or timing.
   */
  readonly branch: string;
  /** The device to compute on: `cpu`, `webgpu`, `cuda` or `tensorflow`. */
  readonly device: string;
  /** Programs that this stage's code has compiled in earlier runs. Absent where nothing keeps them. */
  readonly programs?: ProgramCache | undefined;
  /** The folder that downloaded data sets are kept in. */
  readonly dataDirectory: string;
  /** Aborted when the run is interrupted: long stages check it between chunks. */
  readonly signal: AbortSignal;
  /**
   * Where a long computation saves what it has come to, and finds what an interrupted one has; absent where results are
   * not kept.
   */
  readonly checkpoint?: Checkpoint;
  /** Reports progress; cheap enough to call after every chunk of work. */
  progress(progress: Progress): void;
  /** Tells the user something that is not an error. */
  log(message: string): void;
}
