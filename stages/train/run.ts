/** @file What the stage `train` does: models from a data set and masks. Loads tfjs. */
import type { Outcome, Room, StageContext, Value } from "../../dsl/mod.ts";
import { stream } from "../../engine/random.ts";
import type { Dataset, Masks, Models } from "../artifacts/mod.ts";
import { writeModel } from "./architecture.ts";
import { drawViews } from "./augment/crop_flip.ts";
import { normalization } from "./augment/normalize.ts";
import { epochsWithin } from "./budget.ts";
import { meanPasses } from "./calls.ts";
import { drawPlaces, dropoutPool } from "./dropout.ts";
import { type EpochFeed, type Fit, fit, type Fitted } from "./fit.ts";
import { initialBuffers, initialParameters } from "./init.ts";
import { lanesWithin } from "./lanes.ts";
import { type LedgerEntry, writeLedger } from "./ledger.ts";
import { network } from "./models/mod.ts";
import { optimizerOf } from "./optimizers/mod.ts";
import type { Privacy } from "./optimizers/optimizer.ts";
import type { TrainParams } from "./params.ts";
import { checkPrivate } from "./private/check.ts";
import { drawNoise } from "./private/noise.ts";
import { atEnds, samplerOf } from "./sampling.ts";
import { learningRates } from "./schedules/mod.ts";
import { isAugmented, type Setup } from "./step.ts";
import { sizeOf, totalSize } from "./tensors.ts";
import { taskOf } from "./task.ts";
import { fitTogether } from "./together.ts";

/** What a model is made from. */
interface Inputs {
  readonly data: Value<typeof Dataset>;
  readonly masks: Value<typeof Masks>;
}

type Model = Value<typeof Models>;

/**
 * Trains one model.
 *
 * @throws DivergenceError when its loss becomes NaN or infinite
 */
export async function trainModel(inputs: Inputs, params: TrainParams, context: StageContext): Promise<Model> {
  const { run, written } = plan(inputs, params, context);
  return written(await fit(run));
}

/** Trains several models on one data set, in as few programs as their steps allow; the errors are as of one. */
export async function* trainModels(
  items: readonly Inputs[],
  params: TrainParams,
  contexts: readonly StageContext[],
): AsyncGenerator<Outcome<Model>, void, undefined> {
  const planned: { readonly at: number; readonly run: Fit; readonly written: (fitted: Fitted) => Model }[] = [];
  for (const [at, inputs] of items.entries()) {
    try {
      planned.push({ at, ...plan(inputs, params, contexts[at]!) });
    } catch (error) {
      yield { at, error };
    }
  }
  for await (const outcome of fitTogether(planned.map(({ run }) => run))) {
    const { at, written } = planned[outcome.at]!;
    yield "error" in outcome ? { at, error: outcome.error } : { at, value: written(outcome.value) };
  }
}

/** How many models are to be one program. */
export async function modelsTogether(inputs: Inputs, params: TrainParams, { device, memory }: Room): Promise<number> {
  const context = { branch: "", device, signal: new AbortController().signal, log() {}, progress() {} };
  return await lanesWithin(plan(inputs, params, { ...context, dataDirectory: "" }).run.setup, device, memory);
}

/** A model's training run, and what is stored of the model. */
function plan({ data, masks }: Inputs, params: TrainParams, context: StageContext): {
  readonly run: Fit;
  readonly written: (fitted: Fitted) => Model;
} {
  const { model, optimizer, batch, augment, seed } = params;
  const { input, classes, images, pixels, labels, members } = taskOf(data, masks);
  const { branch } = context;
  function dropping(rate: number, steps: number, batch: number, epoch: number): Pick<EpochFeed, "random" | "pool"> {
    if (rate === 0) return {};
    const places = drawPlaces(stream(seed, branch, "dropout", epoch), steps * batch);
    return {
      random: { dropout: { dtype: "int32", shape: [steps, batch], data: places } },
      pool: dropoutPool(seed, epoch, rate),
    };
  }
  function noising(ends: Float32Array<ArrayBuffer>, before: number): Pick<EpochFeed, "draw" | "ends"> {
    const source = { seed, branch, size: totalSize(net.parameters), before, ends };
    return { ends, draw: (from, to) => ({ noise: drawNoise(source, from, to) }) };
  }
  const rowSize = sizeOf([input.height, input.width, input.channels]);
  const epochs = epochsWithin(params.budget, params.epochs, meanPasses(optimizer));
  const { factor, privacy, averages } = optimizerOf(optimizer);
  if (averages && params.average.kind !== "none") {
    throw new RangeError(`"${optimizer.kind}" brings its own average; set "average" to { kind: "none" }`);
  }
  const sampler = samplerOf(params, members, branch, privacy !== undefined);
  const normalizing = normalization(params.normalize, pixels, rowSize, input.channels, members);
  const net = network(model, input, classes);
  if (privacy) checkPrivate(params, net);
  const setup: Setup = {
    model,
    optimizer,
    input,
    classes,
    images,
    batch: sampler.rows,
    augment,
    labelSmoothing: params.labelSmoothing,
    full: net.buffers.length > 0 && sampler.full,
    ...(privacy ? { expected: Math.min(batch, members.length) } : {}),
    ...(params.average.kind === "none" ? {} : { average: params.average }),
  };
  if (epochs !== params.epochs) {
    const passes = Number(meanPasses(optimizer).toPrecision(4));
    context.log(`Trains ${epochs} epochs of ${passes} gradient evaluations within a budget of ${params.epochs} of 1`);
  }
  if (factor !== undefined && params.schedule.kind !== "constant") {
    context.log(`"${optimizer.kind}" brings its own schedule: of "${params.schedule.kind}", only the warm-up is used`);
  }
  const total = sampler.images * epochs;
  const run: Fit = {
    setup,
    pixels,
    normalization: normalizing,
    parameters: initialParameters(net.parameters, seed, branch),
    buffers: initialBuffers(net.buffers),
    epochs,
    feed(epoch) {
      const { steps, rows, weights, ends } = sampler.epoch(epoch);
      const clock = { epoch, epochs, stepsPerEpoch: sampler.batches };
      const rates = atEnds(learningRates(optimizer, params.schedule, clock), ends);
      const own = Int32Array.from(rows, (row) => labels[row]!);
      const feed = {
        steps,
        rows,
        weights,
        rates,
        labels: own,
        ...dropping(net.dropout, steps, sampler.rows, epoch),
        ...(privacy ? noising(ends!, epoch * sampler.batches) : {}),
      };
      if (!isAugmented(augment)) return feed;
      const { corner, flip } = drawViews(stream(seed, branch, "augmentation", epoch), augment, input, rows);
      return { ...feed, rows: corner, ...(augment.flip ? { flip } : {}) };
    },
    checkpoint: context.checkpoint,
    engine: { device: context.device, programs: context.programs },
    signal: context.signal,
    onImages: (done) => context.progress({ done: Math.min(done, total), total, unit: "images" }),
    log: (message) => context.log(message),
  };
  const written = ({ parameters, buffers, loss, accuracy, learningRate, gradients }: Fitted): Model => ({
    ...writeModel({ model, input, classes, normalization: normalizing }, parameters, buffers),
    loss: { data: loss, shape: [1, epochs] },
    accuracy: { data: accuracy, shape: [1, epochs] },
    learningRate: { data: learningRate, shape: [1, epochs] },
    members: Uint32Array.of(members.length),
    gradients: Uint32Array.of(gradients),
    ledger: [
      writeLedger(
        privacy ? [{ ...spent(privacy(optimizer), sampler.rate!, epochs * sampler.batches), seed, branch }] : [],
      ),
    ],
  });
  return { run, written };
}

/** What private training spent. */
function spent({ clip, noiseMultiplier }: Privacy, samplingRate: number, steps: number): LedgerEntry {
  return {
    mechanism: "poisson-subsampled gaussian",
    relation: "add or remove one example",
    samplingRate,
    noiseMultiplier,
    clip,
    steps,
    covers: "parameters",
    randomness: "seeded",
  };
}
