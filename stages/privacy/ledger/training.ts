/** @file trainingLedger: the ledger of models that were trained with differential privacy. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { many, stage, type Value } from "../../../dsl/mod.ts";
import { Ledger, Models } from "../../artifacts/mod.ts";
import type { LedgerEntry } from "../../train/ledger.ts";
import { guarantee } from "../guarantee.ts";
import { writeLedger } from "./table.ts";
import { type AnyEntry, identified, merge } from "./entry.ts";

/**
 * One entry a training. Every model is a release of its own; a model that comes in twice is one. All are taken to be about
 * the same people, so they compose sequentially: what is said holds for a person who is a member of all models.
 *
 * @throws RangeError for a model that was trained without differential privacy
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Models } from "engram/stages/artifacts/mod.ts";
 * import * as privacy from "engram/stages/privacy/mod.ts";
 * function graph(models: Node<typeof Models, "many">) {
 *   return privacy.account({ ledger: privacy.trainingLedger({ models }, { data: "mnist" }) }, { delta: 1e-5 });
 * }
 * ```
 */
export const trainingLedger = stage({
  name: "training-ledger",
  doc: "The privacy ledger of models that were trained with differential privacy",
  inputs: { models: many(Models) },
  params: z.object({ data: z.string().min(1).describe("name of the data that the models were trained on") }),
  output: Ledger,
  async run({ models }, { data }) {
    const entries: AnyEntry[] = [];
    let index = 0;
    for await (const model of models) {
      entries.push(...entriesOf(model, data, { model: index }));
      index++;
    }
    return writeLedger(merge(entries));
  },
});

/**
 * The entries of one model.
 *
 * @param model.ifNone what to do with a model that was trained without differential privacy
 * @throws RangeError for such a model, unless it is to be skipped
 */
export function entriesOf(
  models: Value<typeof Models>,
  data: string,
  { model, ifNone = "throw" }: { readonly model: number; readonly ifNone?: "throw" | "skip" },
): AnyEntry[] {
  return Array.from(models.ledger).flatMap((text, row) => {
    if (text === "" && ifNone === "skip") return [];
    if (text === "") {
      throw new RangeError(
        `Cannot account for model ${model}: it was trained without differential privacy; use optimizer "dpSgd" or "dpSat"`,
      );
    }
    const { entries } = JSON.parse(text) as { readonly entries: readonly LedgerEntry[] };
    return entries.map((entry, place) => trained(entry, data, `${digestOf(models)}/${row}/${place}`));
  });
}

function trained(entry: LedgerEntry, data: string, model: string): AnyEntry {
  const { mechanism, relation, samplingRate, noiseMultiplier, steps, clip, seed, branch } = entry;
  if (mechanism !== "poisson-subsampled gaussian" || relation !== "add or remove one example") {
    throw new TypeError(`Unknown entry of a training ledger: "${mechanism}" under "${relation}"`);
  }
  const { costs } = guarantee("add-remove", { kind: "gaussian", noiseMultiplier, samplingRate, steps });
  return identified({
    relation: "add-remove",
    mechanism: "sampledGaussian",
    parameters: { samplingRate, noiseMultiplier, steps, clip, covers: entry.covers },
    data,
    part: "",
    costs,
    noise: { source: "seeded", name: originOf(model, seed, branch), offset: 0 },
    arithmetic: "float64",
  });
}

/**
 * Where a training's noise came from. The model's digest is in it, since models of one mask and seed draw the same noise on
 * purpose, to be compared in pairs; a ledger that refused them would refuse every sweep of experiments. So do not release
 * two of them in earnest.
 */
function originOf(model: string, seed?: number, branch?: string): string {
  return JSON.stringify(seed === undefined ? ["model", model] : ["training", seed, branch ?? "", model]);
}

/** What tells models apart: the numbers that were released. */
function digestOf({ parameters }: Value<typeof Models>): string {
  const numbers = parameters.data;
  return createHash("sha256").update(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength))
    .digest("hex").slice(0, 32);
}
