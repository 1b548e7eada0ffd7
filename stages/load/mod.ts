/**
 * @file Data sets: stages without inputs that make a `Dataset`. Meant to be imported whole: `load.cifar10(…)`.
 * @module
 */
export { cifar10 } from "./cifar10.ts";
export { fashionMnist } from "./fashion_mnist.ts";
export { idx } from "./idx.ts";
export { longTail } from "./long_tail.ts";
export { parseGroup, type Subpopulation } from "./long_tail_groups.ts";
export { mnist } from "./mnist.ts";
export { type Attempt, DataUnavailableError } from "./sources/types.ts";
export { toy2d } from "./toy2d.ts";
export { toyCoordinate, toyExtent } from "./toy_scale.ts";
