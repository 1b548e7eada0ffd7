/**
 * @file Data sets: stages without inputs that make a `Dataset`. Meant to be imported whole: `load.cifar10(…)`.
 * @module
 */
export { arrow } from "./arrow.ts";
export { cifar10 } from "./cifar10.ts";
export { cifar100 } from "./cifar100.ts";
export { csv } from "./csv.ts";
export { fashionMnist } from "./fashion_mnist.ts";
export { idx } from "./idx.ts";
export { imageFolder } from "./image_folder.ts";
export { longTail } from "./long_tail.ts";
export { parseGroup, type Subpopulation } from "./long_tail_groups.ts";
export { mnist } from "./mnist.ts";
export { npz } from "./npz.ts";
export { purchase100 } from "./purchase100.ts";
export { purchaseLike } from "./purchase_like.ts";
export { type Attempt, DataUnavailableError } from "./sources/types.ts";
export { svhn } from "./svhn.ts";
export { texas100 } from "./texas100.ts";
export { toy2d } from "./toy2d.ts";
export { toyGrid } from "./toy_grid.ts";
export { toyCoordinate, toyExtent } from "./toy_scale.ts";
