/** @file A zoo: models with the sets they were trained on and their predictions, checked and read one at a time. */
import type { Items, StageContext, Value } from "../../dsl/mod.ts";
import type { Dataset, Masks, Predictions } from "../artifacts/mod.ts";

/** The inputs of every stage that reduces over a zoo. Item i of `masks` and of `logits` is the same model. */
export interface ZooInputs {
  readonly masks: Items<typeof Masks>;
  readonly logits: Items<typeof Predictions>;
  readonly data: Value<typeof Dataset>;
}

/** One model of a zoo. */
export interface ZooModel {
  /** Its index in the zoo. */
  readonly index: number;
  /** 1 for each training example it was trained on, in the order of the data set. */
  readonly member: Uint8Array;
  /** Its logits on all examples, `[example, view, class]`. */
  readonly logits: Float32Array;
  readonly views: number;
  readonly classes: number;
}

/** A zoo and the examples it was trained and evaluated on. Reading it holds one model in memory at a time. */
export class Zoo {
  /** How many models there are. */
  readonly length: number;
  /** How many examples the train split has; rows from there on are the test split. */
  readonly train: number;
  /** Ids of all examples, train split first. */
  readonly ids: Uint32Array;
  /** Classes of all examples, train split first. */
  readonly labels: Int32Array;
  readonly #inputs: ZooInputs;
  readonly #leastClasses: number;
  #shape: readonly [views: number, classes: number] | undefined;

  /**
   * @throws RangeError when the collections' lengths differ or the zoo is empty, TypeError when the data set's train
   * split does not come first.
   */
  constructor(inputs: ZooInputs) {
    const { masks, logits, data } = inputs;
    if (masks.length !== logits.length) {
      throw new RangeError(
        `Cannot pair masks with logits: there are ${masks.length} masks and the logits of ${logits.length} models; ` +
          `wire both from the same zoo`,
      );
    }
    if (masks.length === 0) throw new RangeError(`Cannot use an empty zoo: subsample with at least one model`);
    this.length = masks.length;
    this.train = trainCount(data);
    this.ids = data.id;
    this.labels = data.y;
    this.#inputs = inputs;
    this.#leastClasses = data.y.reduce((most, label) => Math.max(most, label), -1) + 1;
  }

  /**
   * Reads one model.
   *
   * @throws RangeError when its examples, views or classes do not fit the data set or the rest of the zoo, or when a
   * logit is not finite.
   */
  async at(index: number): Promise<ZooModel> {
    const [mask, predictions] = await Promise.all([this.#inputs.masks.at(index), this.#inputs.logits.at(index)]);
    checkIds(mask.example, this.ids.subarray(0, this.train), `the mask of model ${index}`, "train split");
    checkIds(predictions.example, this.ids, `the logits of model ${index}`, "data set");
    const [, views = 0, classes = 0] = predictions.logits.shape;
    this.#checkShape(index, views, classes);
    const { data: logits } = predictions.logits;
    const bad = logits.findIndex((logit) => !Number.isFinite(logit));
    if (bad >= 0) {
      const row = Math.floor(bad / (views * classes));
      throw new RangeError(
        `Cannot use the logits of model ${index}: that of example ${this.ids[row]} is ${logits[bad]}; ` +
          `the training diverged, lower its learning rate`,
      );
    }
    return { index, member: mask.member, logits, views, classes };
  }

  /** Reads all models in order, reporting progress and stopping when the run is interrupted. */
  async *models(context: StageContext): AsyncGenerator<ZooModel> {
    for (let index = 0; index < this.length; index++) {
      context.signal.throwIfAborted();
      yield await this.at(index);
      context.progress({ done: index + 1, total: this.length, unit: "models" });
    }
  }

  #checkShape(index: number, views: number, classes: number): void {
    if (views < 1 || classes < this.#leastClasses) {
      throw new RangeError(
        `Cannot use the logits of model ${index}: they have ${views} views of ${classes} classes, ` +
          `and the data set has labels up to ${
            this.#leastClasses - 1
          }; predict on the data set the models were made for`,
      );
    }
    this.#shape ??= [views, classes];
    if (this.#shape[0] !== views || this.#shape[1] !== classes) {
      throw new RangeError(
        `Cannot use one zoo of different shapes: model ${index} has ${views} views of ${classes} classes, the first ` +
          `model read has ${this.#shape.join(" of ")}`,
      );
    }
  }
}

/** How many examples the train split has; checks that it comes first. */
export function trainCount(data: Value<typeof Dataset>): number {
  const first = data.split.findIndex((split) => split !== "train");
  const count = first < 0 ? data.split.length : first;
  const stray = data.split.findIndex((split, row) => row >= count && split !== "test");
  if (stray >= 0) {
    throw new TypeError(
      `Cannot use a data set whose row ${stray} is of split "${data.split[stray]}": all rows of "train" come first, ` +
        `then those of "test"`,
    );
  }
  return count;
}

function checkIds(found: Uint32Array, wanted: Uint32Array, what: string, whole: string): void {
  const differs = found.length !== wanted.length || found.some((id, row) => id !== wanted[row]);
  if (differs) {
    throw new RangeError(
      `Cannot align ${what} with the ${whole}: it has ${found.length} examples where the ${whole} has ` +
        `${wanted.length}, or in another order; wire the same "data" into every stage`,
    );
  }
}
