/** @file The error of a training run whose loss or parameters are no longer finite. */

/** Where training was when it diverged. */
export interface DivergenceData {
  /** What is not finite. */
  readonly what: "loss" | "parameters";
  /** 1-based. */
  readonly epoch: number;
  /** 1-based, within the epoch. */
  readonly step: number;
  /** The loss of that step, in nats. */
  readonly loss: number;
  readonly learningRate: number;
}

/**
 * A model's loss or parameters became NaN or infinite.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DivergenceError } from "engram/stages/train/mod.ts";
 * const error = new DivergenceError({ what: "loss", epoch: 3, step: 17, loss: NaN, learningRate: 0.5 });
 * assert(error.message.includes("the loss became NaN in epoch 3, step 17, at learning rate 0.5"));
 * ```
 */
export class DivergenceError extends RangeError {
  override readonly name = "DivergenceError";
  /** Where it happened. */
  readonly data: DivergenceData;

  /** @param data where it happened */
  constructor(data: DivergenceData) {
    const found = data.what === "loss" ? `the loss became ${data.loss}` : "the parameters became NaN or infinite";
    super(
      `Cannot go on training: ${found} in epoch ${data.epoch}, step ${data.step}, at learning rate ` +
        `${
          Number(data.learningRate.toPrecision(4))
        }; lower "optimizer.lr", add "schedule.warmup" or set "optimizer.clip"`,
    );
    this.data = data;
  }
}
