/** @file How table types map to Arrow: names of metadata, shared by the encoder and the decoder. */

/** Field metadata of Arrow's extension types, and the canonical extension for tensors with one shape for all rows. */
export const EXTENSION = {
  name: "ARROW:extension:name",
  metadata: "ARROW:extension:metadata",
  tensor: "arrow.fixed_shape_tensor",
} as const;

/** Schema metadata: the name of the table's type. */
export const TYPE_NAME = "engram.type";

/** The metadata of `arrow.fixed_shape_tensor`: the shape of one row, and the names of its axes. */
export interface TensorMetadata {
  readonly shape: readonly number[];
  readonly dim_names?: readonly string[];
}
