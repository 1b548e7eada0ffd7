/** @file Trainings that differ from the study's in what they say: another optimizer, fewer epochs, dropout, privacy. */
import {
  augmentSpec,
  each,
  modelSpec,
  optimizerSpec,
  predict,
  scheduleSpec,
  subsample,
  takeMasks,
  train,
  z,
} from "../../mod.ts";
import { dataAndMasks, zooParams } from "./study.ts";

/** A training; what it leaves out is the study's. */
export const variantSpec = z.object({
  optimizer: optimizerSpec,
  model: modelSpec.optional(),
  epochs: z.int().positive().optional(),
  batch: z.int().positive().optional(),
  schedule: scheduleSpec.optional(),
  augment: augmentSpec.optional(),
  labelSmoothing: z.number().min(0).lt(1).optional(),
  sampling: z.enum(["shuffle", "poisson"]).optional(),
  normalize: z.enum(["members", "unit"]).optional(),
});

/** A training, as a pipeline's presets write it. */
export type VariantInput = z.input<typeof variantSpec>;
/** A training, parsed. */
export type Variant = z.output<typeof variantSpec>;

const study = z.object(zooParams);

/** Data, and the first `models` of the study's masks: models on them are those of the study's zoos. */
export function dataAndFewMasks(p: Pick<z.output<typeof study>, "data" | "members"> & { readonly models: number }) {
  const { data, masks } = dataAndMasks(p);
  return { data, masks: takeMasks({ masks }, { count: p.models }) };
}

/** The same masks, of another data set with the same ids or some of them. */
export function fewMasksOf(
  data: ReturnType<typeof dataAndMasks>["data"],
  { members, models }: { readonly members: number; readonly models: number },
) {
  const masks = subsample({ data }, { design: "exact-half", members, seed: 1 });
  return { data, masks: takeMasks({ masks }, { count: models }) };
}

/** A zoo of one variant, and what it says about every example. */
export function zooOfVariant(
  sets: ReturnType<typeof dataAndMasks>,
  { model, epochs, batch, schedule, augment }: z.output<typeof study>,
  variant: Variant,
) {
  const said = Object.fromEntries(Object.entries(variant).filter(([, value]) => value !== undefined));
  const models = train(sets, { model, epochs, batch, schedule, augment, ...said } as Parameters<typeof train>[1]);
  return { ...sets, models, logits: predict({ models, data: sets.data }) };
}

/** Zoos of all variants, by name. */
export function zoosOfVariants<K extends string>(
  sets: ReturnType<typeof dataAndMasks>,
  p: z.output<typeof study>,
  variants: Readonly<Record<K, Variant>>,
) {
  return each(variants, (variant) => zooOfVariant(sets, p, variant));
}
