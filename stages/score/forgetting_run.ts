/** @file Watches a training: which members are right after each epoch. Loads tfjs. */
import type { Checkpoint, Saved, StageContext, Value } from "../../dsl/mod.ts";
import type { Dataset, Masks, Models } from "../artifacts/mod.ts";
import { predictModel } from "../predict/run.ts";
import { rowsOf } from "../select/rows.ts";
import { isCorrect } from "../stats/correctness.ts";
import { writeModel } from "../train/architecture.ts";
import { normalization } from "../train/augment/normalize.ts";
import type { TrainParams } from "../train/params.ts";
import { trainModel } from "../train/run.ts";
import { taskOf } from "../train/task.ts";
import { sizeOf } from "../train/tensors.ts";

interface Inputs {
  readonly data: Value<typeof Dataset>;
  readonly masks: Value<typeof Masks>;
}

/** What a training went through. */
export interface Watched {
  /** The members' rows in the data set. */
  readonly rows: Int32Array;
  /** By epoch, a bit a member: 1 where the model got it right after the epoch. */
  readonly bits: readonly Uint8Array[];
  readonly epochs: number;
}

/** Where the bits stand in a checkpoint. */
const BITS = "watched/bits";

/** Trains a model as `train` does, and looks at its members after each epoch. */
export async function watchTraining(inputs: Inputs, params: TrainParams, context: StageContext): Promise<Watched> {
  const { input, classes, pixels, members } = taskOf(inputs.data, inputs.masks);
  const size = sizeOf([input.height, input.width, input.channels]);
  const normalizing = normalization(params.normalize, pixels, size, input.channels, members);
  const architecture = { model: params.model, input, classes, normalization: normalizing };
  const data = rowsOf(inputs.data, members);
  async function look(saved: Saved<State>): Promise<Uint8Array> {
    const model = { ...unlogged, ...writeModel(architecture, under(saved, "carry/w/"), under(saved, "carry/b/")) };
    const quiet = { ...context, progress() {} };
    const { logits } = await predictModel({ models: model, data }, { views: { kind: "identity" } }, quiet);
    return Uint8Array.from(
      data.y,
      (label, row) => Number(isCorrect(logits.data.subarray(row * classes, (row + 1) * classes), label)),
    );
  }
  const watch = new Watch(members.length, look, context.checkpoint);
  const trained = await trainModel(inputs, params, { ...context, checkpoint: watch });
  return { rows: members, bits: watch.bits, epochs: trained.loss.shape[1]! };
}

/** What a training run says of itself when it saves (`stages/train/course.ts`). */
interface State {
  readonly epoch: number;
  readonly step: number;
}

/**
 * A checkpoint that is always due: so it sees the parameters after every epoch. What it is given it saves when the true
 * one is due, with the bits so far.
 */
class Watch implements Checkpoint {
  readonly bits: Uint8Array[] = [];
  readonly #members: number;
  readonly #look: (saved: Saved<State>) => Promise<Uint8Array>;
  readonly #inner: Checkpoint | undefined;

  constructor(
    members: number,
    look: (saved: Saved<State>) => Promise<Uint8Array>,
    inner: Checkpoint | undefined,
  ) {
    this.#members = members;
    this.#look = look;
    this.#inner = inner;
  }

  async load<S>(): Promise<Saved<S> | undefined> {
    const saved = await this.#inner?.load<S>();
    const all = saved?.tensors[BITS]?.data as Uint8Array | undefined;
    if (all === undefined) return undefined;
    for (let from = 0; from < all.length; from += this.#members) {
      this.bits.push(all.slice(from, from + this.#members));
    }
    return saved;
  }

  due(): boolean {
    return true;
  }

  async save(saved: Saved): Promise<void> {
    const { epoch, step } = saved.state as State;
    if (step === 0 && epoch === this.bits.length + 1) this.bits.push(await this.#look(saved as Saved<State>));
    if (!this.#inner?.due()) return;
    const all = new Uint8Array(this.bits.length * this.#members);
    this.bits.forEach((bits, at) => all.set(bits, at * this.#members));
    const tensors = { ...saved.tensors, [BITS]: { data: all, shape: [this.bits.length, this.#members] } };
    await this.#inner.save({ state: saved.state, tensors });
  }
}

/** The parameters or running statistics of a run that saved, by name. */
function under({ tensors }: Saved, prefix: string): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(tensors).filter(([name]) => name.startsWith(prefix)).map((
      [name, { data }],
    ) => [name.slice(prefix.length), data as Float32Array]),
  );
}

/** The columns of a model that say nothing about what it predicts. */
const unlogged: Omit<Value<typeof Models>, "architecture" | "layout" | "parameters"> = {
  loss: { data: new Float64Array(0), shape: [1, 0] },
  accuracy: { data: new Float64Array(0), shape: [1, 0] },
  learningRate: { data: new Float64Array(0), shape: [1, 0] },
  members: new Uint32Array(1),
  gradients: new Uint32Array(1),
  ledger: [""],
};
