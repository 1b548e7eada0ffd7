/** @file Dataset: labelled images, train and test split together. */
import { artifact, column } from "../../dsl/mod.ts";

/**
 * One row an example; all rows of the train split come first.
 *
 * - `id`: the example's number, unique over both splits; it never changes when the set is cut or reordered.
 * - `x`: pixels 0-255, `[height, width, channel]`. Vectors are images of height 1 and one channel.
 * - `y`: class, 0-based.
 * - `split`: `train` or `test`.
 * - `group`: the subpopulation, where the truth is known (synthetic sets); otherwise empty.
 */
export const Dataset = artifact("Dataset", "One row an example: pixels, class, split", {
  id: column.uint32(),
  x: column.uint8("height", "width", "channel"),
  y: column.int32(),
  split: column.utf8(),
  group: column.utf8(),
});
