/** @file Why a node is not cached, in a line: what differs from the closest earlier result. */
import type { Store } from "../cache/mod.ts";
import { type Difference, differences, spell } from "./differences.ts";
import { type Earlier, recall, recallCode } from "./history.ts";
import type { Prepared } from "./prepare.ts";

/** An earlier result, and what differs from it. */
export interface Comparison {
  readonly earlier: Earlier;
  readonly differences: readonly Difference[];
}

/** The earlier result that differs in the fewest leaves; the newest of equally close ones. */
export async function closest(
  store: Store,
  candidates: readonly Earlier[],
  { manifest, code }: Prepared,
): Promise<Comparison | undefined> {
  let best: Comparison | undefined;
  for (const earlier of candidates) {
    const before = await recallCode(store, earlier.manifest.code.digest);
    const found = differences(earlier.manifest, before, manifest, code);
    if (best === undefined || found.length < best.differences.length) best = { earlier, differences: found };
  }
  return best;
}

/** Why a node is not cached. `wires` names the node behind each input. */
export async function reasonFor(
  store: Store,
  pipeline: string,
  node: string,
  prepared: Prepared,
  wires: Readonly<Record<string, string>>,
): Promise<string> {
  const comparison = await closest(store, await recall(store, pipeline, node), prepared);
  if (comparison === undefined) return "never computed";
  const spelled = comparison.differences.map((difference) => spell(difference, wires));
  return spelled.length > 0 ? spelled.join("; ") : "its result is no longer stored";
}
