/**
 * @file The study that most pipelines look at: zoos of small models on CIFAR-10, an optimizer each, on the same masks.
 * Pipelines that use these parameters share its cached models with table 1.
 */
import { augmentSpec, load, modelSpec, optimizerSpec, predict, scheduleSpec, subsample, train, z } from "../../mod.ts";

/** The optimizers of table 1 at a learning rate; momentum 0.9 is the default of each. */
export function optimizersAt(lr: number) {
  const sgd = { kind: "sgd", lr, weightDecay: 5e-4 } as const;
  return {
    sgd,
    sam: { ...sgd, kind: "sam", rho: 0.05 },
    swa: { ...sgd, kind: "swa", swaLr: lr / 2 },
    sharpReg: { ...sgd, kind: "sharpReg", rho: 0.05, a: -0.5 },
  } as const;
}

/** Parameters of a zoo, to spread into a pipeline's. */
export const zooParams = {
  data: load.cifar10.params,
  members: z.int().min(2).describe("Models in each zoo"),
  model: modelSpec,
  epochs: z.int().positive(),
  batch: z.int().positive(),
  schedule: scheduleSpec,
  augment: augmentSpec,
};

/** Parameters of a study with several optimizers, to spread into a pipeline's. */
export const studyParams = {
  ...zooParams,
  optimizers: z.record(z.string(), optimizerSpec),
  baseline: z.string().default("sgd").describe("The optimizer that the others are compared with"),
};

const small = { model: { kind: "cnn" }, batch: 32, schedule: { kind: "cosine" }, augment: {} } as const;

/** The sizes of table 1's presets. */
export const zooPresets = {
  tiny: { ...small, data: { train: 1000, test: 500 }, members: 4, epochs: 15 },
  default: { ...small, data: { train: 5000, test: 2000 }, members: 16, epochs: 20 },
  paper: {
    ...small,
    data: {},
    members: 64,
    model: { kind: "resNet18" },
    epochs: 200,
    batch: 128,
    augment: { crop: 4, flip: true },
  },
} as const;

/** Table 1's presets: sizes and optimizers. */
export const studyPresets = {
  tiny: { ...zooPresets.tiny, optimizers: optimizersAt(0.01) },
  default: { ...zooPresets.default, optimizers: optimizersAt(0.01) },
  paper: { ...zooPresets.paper, optimizers: optimizersAt(0.1) },
} as const;

const zoo = z.object(zooParams);

/** The data set, and masks of which each has half of the examples and each example is in half. */
export function dataAndMasks(p: Pick<z.output<typeof zoo>, "data" | "members">) {
  const data = load.cifar10(p.data);
  return { data, masks: subsample({ data }, { design: "exact-half", members: p.members, seed: 1 }) };
}

/** A zoo of one optimizer, and what it says about every example. */
export function zooOf(
  sets: ReturnType<typeof dataAndMasks>,
  { model, epochs, batch, schedule, augment }: z.output<typeof zoo>,
  optimizer: z.output<typeof optimizerSpec>,
) {
  const models = train(sets, { model, optimizer, epochs, batch, schedule, augment });
  return { models, logits: predict({ models, data: sets.data }) };
}
