/** @file The passes in the order in which they run. */

import type { Graph, Pass } from "../graph.ts";
import { mergeCommon } from "./common.ts";
import { dropDead } from "./dead.ts";
import { fuse } from "./fuse.ts";
import { simplify } from "./simplify.ts";
import { sinkTransposes } from "./transposes.ts";

/** Passes, first to last. Merging comes before sinking, so that equal transposes are one. */
export const PASSES: readonly Pass[] = [
  dropDead,
  simplify,
  mergeCommon,
  sinkTransposes,
  simplify,
  mergeCommon,
  dropDead,
  fuse,
  dropDead,
];

/** A graph that computes the same with less. */
export function optimize(graph: Graph): Graph {
  return PASSES.reduce((current, pass) => pass(current), graph);
}
