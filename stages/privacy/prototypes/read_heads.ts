/** @file Heads read back from their artifact, and the ledger of them. */
import { z } from "zod";
import { many, stage, type Value } from "../../../dsl/mod.ts";
import { Heads, Ledger } from "../../artifacts/mod.ts";
import { type AnyEntry, merge } from "../ledger/entry.ts";
import { writeLedger } from "../ledger/table.ts";
import type { Head } from "./head.ts";

/** The heads of an artifact, one a draw. */
export function readHeads({ draw, label, rule, vector, bias }: Value<typeof Heads>): Head[] {
  const [, width] = vector.shape as [number, number];
  const rows = Map.groupBy(draw.keys(), (row) => draw[row]!);
  return [...rows.values()].map((places): Head => {
    const data = new Float64Array(places.length * width);
    places.forEach((row, i) => data.set(vector.data.subarray(row * width, row * width + width), i * width));
    return {
      rule: rule[places[0]!] === "cosine" ? "cosine" : "linear",
      vectors: { data, shape: [places.length, width] },
      labels: Int32Array.from(places, (row) => label[row]!),
      bias: Float64Array.from(places, (row) => bias[row]!),
    };
  });
}

/** The ledger entries of heads; none of heads that were made without privacy. */
export function entriesOfHeads({ ledger }: Pick<Value<typeof Heads>, "ledger">): AnyEntry[] {
  return Array.from(ledger).flatMap((text) =>
    text === "" ? [] : (JSON.parse(text) as { readonly entries: readonly AnyEntry[] }).entries
  );
}

/**
 * The privacy ledger of released heads: every draw of every encoder.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Heads } from "engram/stages/artifacts/mod.ts";
 * import * as privacy from "engram/stages/privacy/mod.ts";
 * function graph(heads: Node<typeof Heads, "many">) {
 *   return privacy.account({ ledger: privacy.headLedger({ heads }) }, { delta: 1e-5 });
 * }
 * ```
 */
export const headLedger = stage({
  name: "head-ledger",
  doc: "The privacy ledger of released classifiers",
  inputs: { heads: many(Heads) },
  params: z.object({}),
  output: Ledger,
  async run({ heads }) {
    const entries: AnyEntry[] = [];
    for await (const item of heads) entries.push(...entriesOfHeads(item));
    return writeLedger(merge(entries));
  },
});
