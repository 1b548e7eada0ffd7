/** @file One model in training: where it stands, what its next steps are fed, and what becomes of what they return. Loads tfjs. */
import * as tf from "@tensorflow/tfjs-core";
import type { HostTensor } from "../../engine/mod.ts";
import { type Call, callsOf } from "./calls.ts";
import { chunkFor } from "./chunk.ts";
import { Course } from "./course.ts";
import { DivergenceError } from "./divergence.ts";
import { constantsIn, constantsOf, type EpochFeed, floats, type HostTensorsByName, inputsOf } from "./feed.ts";
import type { Fit, Fitted } from "./fit.ts";
import { type Network, network } from "./models/mod.ts";
import { emaMean } from "./optimizers/ema.ts";
import { optimizerOf } from "./optimizers/mod.ts";
import { averageOf } from "./optimizers/update.ts";
import { recomputeStatistics } from "./statistics.ts";
import { carryLayout } from "./step.ts";
import { sizeOf, totalSize } from "./tensors.ts";

/** A training run between two native calls. */
export class Training {
  readonly run: Fit;
  readonly net: Network;
  readonly #course: Course;
  readonly #noise: number;
  #constants: HostTensorsByName | undefined;
  #feed: { readonly epoch: number; readonly feed: EpochFeed } | undefined;

  private constructor(run: Fit, net: Network, course: Course) {
    this.run = run;
    this.net = net;
    this.#course = course;
    this.#noise = optimizerOf(run.setup.optimizer).privacy === undefined ? 0 : totalSize(net.parameters);
  }

  /** Begins a run, or goes on from its checkpoint. */
  static async begin(run: Fit): Promise<Training> {
    const { setup, epochs } = run;
    const { parameters, state, buffers } = carryLayout(tf, setup);
    const zeros = (shape: readonly number[]) => new Float32Array(sizeOf(shape));
    const course = new Course(epochs, {
      ...Object.fromEntries(parameters.map(({ name, shape }) => [`w/${name}`, floats(run.parameters[name]!, shape)])),
      ...Object.fromEntries(state.map(({ name, shape }) => [`s/${name}`, floats(zeros(shape), shape)])),
      ...Object.fromEntries(buffers.map(({ name, shape }) => [`b/${name}`, floats(run.buffers![name]!, shape)])),
    });
    const saved = await run.checkpoint?.load<ReturnType<Course["saved"]>["state"]>();
    if (saved) {
      course.resume(saved);
      run.log?.(resumption(course, epochs));
    }
    return new Training(run, network(setup.model, setup.input, setup.classes), course);
  }

  /** Whether all its epochs are done. */
  get done(): boolean {
    return this.#course.epoch >= this.run.epochs;
  }

  /** Steps taken so far. */
  get taken(): number {
    return this.#course.steps + this.#course.step;
  }

  /** Steps of the epoch it is in. */
  get stepsPerEpoch(): number {
    return this.#current.steps;
  }

  get #current(): EpochFeed {
    const { epoch } = this.#course;
    if (this.#feed?.epoch !== epoch) this.#feed = { epoch, feed: this.run.feed(epoch) };
    return this.#feed.feed;
  }

  /** The steps up to the end of its epoch, to another number of passes, or to the end of a native call of `chunk` images. */
  ahead(chunk: number): Call {
    const { setup } = this.run;
    const { step } = this.#course;
    const left = {
      steps: this.#current.steps - step,
      before: this.taken,
      batch: setup.batch,
      chunk,
      noise: this.#noise,
    };
    const { to, passes } = callsOf(setup.optimizer, left).next().value!;
    return { from: step, to: step + to, passes };
  }

  /** Constants of the next call that models of one setup and one epoch share. */
  shared(): Record<string, HostTensor> {
    const { pixels, pool } = constantsIn(this.#current, this.constants);
    return { pixels: pixels!, ...(pool ? { pool } : {}) };
  }

  /** What the next steps take that is this model's own. */
  lane(steps: number): Record<"own" | "carry" | "inputs", HostTensorsByName> {
    const { step, carry } = this.#course;
    const { scale, shift } = this.constants;
    const inputs = inputsOf(this.#current, this.run.setup, step, step + steps);
    return { own: { scale: scale!, shift: shift! }, carry, inputs };
  }

  /** The data set as programs take it. */
  get constants(): HostTensorsByName {
    return this.#constants ??= constantsOf(this.run.setup, this.run);
  }

  /**
   * Takes in what steps returned.
   *
   * @throws DivergenceError where a loss is not finite
   */
  async take(call: Call, carry: HostTensorsByName, outputs: HostTensorsByName): Promise<void> {
    const { setup, epochs, checkpoint, onImages } = this.run;
    const [course, feed, optimizer] = [this.#course, this.#current, optimizerOf(setup.optimizer)];
    course.carry = carry;
    course.record(call, outputs, feed, setup.batch);
    if (course.step === feed.steps) {
      course.endEpoch(feed);
      if (optimizer.averages?.(setup.optimizer, course.epoch, epochs)) course.average.add(carried(carry, "w/"));
    }
    onImages?.(course.seen);
    if (checkpoint?.due()) await checkpoint.save(course.saved());
  }

  /**
   * The model, when all epochs are done.
   *
   * @throws DivergenceError when its parameters are not finite
   */
  async end(): Promise<Fitted> {
    const { run, net } = this;
    const { carry, average, log, gradients, steps } = this.#course;
    const last = { parameters: carried(carry, "w/"), buffers: carried(carry, "b/") };
    const mean = average.count > 0 ? average.mean() : emaMean(averageOf(carried(carry, "s/")));
    const parameters = chosen(last.parameters, mean);
    if (!Object.values(parameters).every((values) => values.every(Number.isFinite))) {
      const [loss, learningRate] = [log.loss.at(-1)!, log.learningRate.at(-1)!];
      throw new DivergenceError({
        ...{ what: "parameters", epoch: run.epochs, step: steps / run.epochs, loss, learningRate },
      });
    }
    const buffers = average.count > 0
      ? await recomputeStatistics({
        ...{ ...run, constants: this.constants, parameters, feed: run.feed(run.epochs - 1) },
        chunk: run.chunk ?? chunkFor(net, 3, run.engine?.device),
      })
      : chosen(last.buffers, mean);
    return { parameters, buffers, ...log, gradients };
  }
}

/** Where a run goes on that was interrupted; epochs and steps are counted from 1. */
function resumption({ epoch, step }: Course, epochs: number): string {
  if (epoch >= epochs) return `Goes on after the last of ${epochs} epochs`;
  const within = step === 0 ? "" : `, step ${step + 1}`;
  return `Goes on from epoch ${epoch + 1} of ${epochs}${within}`;
}

/** Averages in place of the last tensors, where there are some. */
function chosen(last: Fitted["parameters"], mean: Fitted["parameters"] | undefined): Fitted["parameters"] {
  return Object.fromEntries(Object.entries(last).map(([name, values]) => [name, mean?.[name] ?? values]));
}

/** The carried tensors under a prefix, without it. */
function carried(carry: HostTensorsByName, prefix: string): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(carry).filter(([name]) => name.startsWith(prefix)).map(([name, { data }]) => [
      name.slice(prefix.length),
      data as Float32Array,
    ]),
  );
}
