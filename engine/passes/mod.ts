/** @file The passes in the order in which they run. */

import type { Graph, Pass } from "../graph.ts";
import { blockConvolutions } from "./blocked.ts";
import { scaleAndShift } from "./affine.ts";
import { scaleBytes } from "./bytes.ts";
import { mergeCommon } from "./common.ts";
import { dropDead } from "./dead.ts";
import { spellFilterGradients } from "./filter_gradient.ts";
import { foldConstants } from "./fold.ts";
import { fuse } from "./fuse.ts";
import { joinLogSoftmax } from "./log_softmax.ts";
import { hoistFromLoops, insideLoops } from "./loops.ts";
import { turnNarrow } from "./narrow.ts";
import { stretchMasks } from "./masks.ts";
import { nameBlocked, sumPoolGradients } from "./pool_gradient.ts";
import { foldScales } from "./scales.ts";
import { simplify } from "./simplify.ts";
import { sumPixelsFirst } from "./sums.ts";
import { sinkTransposes } from "./transposes.ts";

/** Passes, first to last. Merging comes before sinking, so that equal transposes are one. */
function passes(blockSize?: number): Pass[] {
  return [
    dropDead,
    simplify,
    foldConstants,
    mergeCommon,
    sinkTransposes,
    simplify,
    foldConstants,
    mergeCommon,
    joinLogSoftmax,
    dropDead,
    fuse,
    turnNarrow,
    foldScales,
    sumPoolGradients,
    (graph) => sumPixelsFirst(graph, blockSize),
    scaleAndShift,
    dropDead,
  ];
}

/** A graph that computes the same with less; with a block size, over blocked convolutions. */
export function optimize(graph: Graph, blockSize?: number): Graph {
  const settled = hoistFromLoops(insideLoops(dropDead(graph), (body) => optimize(body, blockSize)));
  const best = passes(blockSize).reduce((current, pass) => pass(current), spellFilterGradients(settled, blockSize));
  if (blockSize === undefined) return best;
  const blocked = blockConvolutions(dropDead(nameBlocked(scaleBytes(best), blockSize)), blockSize);
  return dropDead(mergeCommon(simplify(stretchMasks(dropDead(blocked)))));
}
