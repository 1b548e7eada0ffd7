/** @file The training loop outside the program: what it is given, what it returns. It is `together.ts` with one model. */
import type { Checkpoint } from "../../dsl/mod.ts";
import type { EngineOptions } from "../../engine/mod.ts";
import type { EpochFeed, Source } from "./feed.ts";
import type { Setup } from "./step.ts";
import { fitTogether } from "./together.ts";

export type { EpochFeed } from "./feed.ts";

/** A training run. */
export interface Fit extends Source {
  readonly setup: Setup;
  /** Initial parameters by name. */
  readonly parameters: Readonly<Record<string, Float32Array<ArrayBuffer>>>;
  /** Initial running statistics by name; needed only for a model that has some. */
  readonly buffers?: Readonly<Record<string, Float32Array<ArrayBuffer>>>;
  readonly epochs: number;
  /** The feed of an epoch, 0-based. */
  readonly feed: (epoch: number) => EpochFeed;
  /**
   * Images of this model in one native call (at least a batch), a second's work of all its models unless told; it changes
   * when progress shows, never the result.
   */
  readonly chunk?: number;
  /** What an interrupted run of the same training saved, and where to save; absent: it starts over. */
  readonly checkpoint?: Checkpoint | undefined;
  /** Where programs run, and where they are kept. */
  readonly engine?: EngineOptions;
  readonly signal: AbortSignal;
  /** Called after every chunk with the number of images seen so far; an image counts once however many passes it takes. */
  readonly onImages?: (images: number) => void;
  /** Told where an interrupted run goes on, and when memory runs out and fewer models go on at a time. */
  readonly log?: (message: string) => void;
}

/** A trained model: its parameters and running statistics by name, and its log with one entry an epoch. */
export interface Fitted {
  readonly parameters: Readonly<Record<string, Float32Array>>;
  readonly buffers: Readonly<Record<string, Float32Array>>;
  /** Mean loss over the examples (nats), fraction classified right, learning rate of the last step. */
  readonly loss: Float64Array;
  readonly accuracy: Float64Array;
  readonly learningRate: Float64Array;
  /** Batch gradients evaluated. */
  readonly gradients: number;
}

/**
 * Trains a model.
 *
 * @throws DivergenceError when the loss or the parameters become NaN or infinite
 * @throws the signal's reason when it is aborted
 */
export async function fit(run: Fit): Promise<Fitted> {
  const { value: outcome } = await fitTogether([run]).next();
  if ("error" in outcome!) throw outcome.error;
  return outcome!.value;
}
