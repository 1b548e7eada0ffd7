/** @file The error of a training run whose loss or parameters are no longer finite. */

/** Where training was when it diverged. */
export interface DivergenceData {
  /** 1-based. */
  readonly epoch: number;
  /** 1-based, within the epoch. */
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
}

/** A model's loss or parameters became NaN or infinite. */
export class DivergenceError extends RangeError {
  override readonly name = "DivergenceError";
  /** Where it happened. */
  readonly data: DivergenceData;

  /** @param data where it happened */
  constructor(data: DivergenceData) {
    super(
      `Cannot go on training: the loss became ${data.loss} in epoch ${data.epoch}, step ${data.step}, at learning rate ` +
        `${
          Number(data.learningRate.toPrecision(4))
        }; lower "optimizer.lr", add "schedule.warmup" or set "optimizer.clip"`,
    );
    this.data = data;
  }
}
