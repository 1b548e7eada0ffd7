/**
 * @file The input's gradient of a strided convolution, which ONNX calls `ConvTranspose`, as blocked convolutions: rows and
 * columns of the input fall into phases, one a stride's remainder, and each phase is a convolution of its own with every
 * so many of the filter's taps. Together they do the arithmetic of one, on blocks; then rows and columns take turns.
 */

import { type Builder, ints } from "../builder.ts";
import { intsOf, type Node, sameShape, type Value } from "../graph.ts";
import { blockFilter } from "./blocked_filter.ts";
import { NCHWC } from "./nchwc.ts";
import { fromBlocks, toBlocks } from "./reorder.ts";
import { type Producer, through } from "./rewrite.ts";
import { padRows } from "./runs.ts";

/** Along one axis: the taps of a phase, the last first, and the zeros that its convolution pads. */
interface Phase {
  readonly taps: readonly number[];
  readonly before: number;
  readonly after: number;
}

/** The same as a `ConvTranspose` whose channels come in whole blocks of `size`; `undefined` where that does not go. */
export function phased(node: Node, size: number, builder: Builder, producer: Producer): Value | undefined {
  const [dy, turned] = node.inputs as [Value, Value];
  const filter = producer(turned);
  const order = filter?.op === "Transpose" ? intsOf(filter, "perm")! : [];
  const [inChannels, outChannels, ...kernel] = turned.shape as [number, number, number, number];
  const [batch, , ...extents] = node.outputs[0]!.shape as [number, number, number, number];
  if (!sameShape(order, [3, 2, 0, 1]) || inChannels % size !== 0 || outChannels % size !== 0) return undefined;
  if (node.inputs.length > 2 || "group" in node.attributes) return undefined;
  if (!(intsOf(node, "dilations") ?? []).every((dilation) => dilation === 1)) return undefined;
  const [strides, pads] = [intsOf(node, "strides") ?? [1, 1], intsOf(node, "pads") ?? [0, 0, 0, 0]];
  const axes = [0, 1].map((axis) =>
    phasesOf(extents[axis]!, dy.shape[axis + 2]!, kernel[axis]!, strides[axis]!, pads[axis]!)
  );
  const [rows, columns] = axes;
  if (!rows || !columns) return undefined;
  const [height, width] = [extents[0]! / strides[0]!, extents[1]! / strides[1]!];
  const blocks = toBlocks(dy, builder, producer);
  const weights = through(turned, "Transpose", producer)!;
  const phase = (row: Phase, column: Phase) => {
    const shape = [batch, outChannels, height, width];
    const taps = builder.transpose(picked(weights, row.taps, column.taps, builder), [2, 3, 0, 1]);
    const inputs = [blocks, blockFilter(taps, size, builder, producer)];
    return builder.node("Conv", inputs, { dtype: dy.dtype, shape }, {
      kernel_shape: ints(taps.shape.slice(2)),
      pads: ints([row.before, column.before, row.after, column.after]),
    }, NCHWC);
  };
  const images = batch * outChannels / size;
  const whole = rows.map((row) => {
    const parts = columns.map((column) => row.taps.length * column.taps.length === 0 ? undefined : phase(row, column));
    return inTurn(parts, [images, height * width, size], size, builder);
  });
  const all = inTurn(whole, [images, height, width * strides[1]! * size], size, builder)!;
  return fromBlocks(builder.reshape(all, node.outputs[0]!.shape), builder);
}

/**
 * Of position `stride i + phase` the gradient is the sum over outputs p of tap `stride i + phase + padding - stride p`.
 * `undefined` where phases differ in length, or a convolution would have to leave outputs out.
 */
function phasesOf(
  extent: number,
  outputs: number,
  kernel: number,
  stride: number,
  padding: number,
): Phase[] | undefined {
  if (extent % stride !== 0) return undefined;
  const phases = Array.from({ length: stride }, (_, phase): Phase => {
    const first = Math.ceil((phase + padding - kernel + 1) / stride);
    const last = Math.floor((phase + padding) / stride);
    const taps = Array.from(
      { length: Math.max(0, last - first + 1) },
      (_, i) => phase + padding - stride * (first + i),
    );
    return { taps, before: -first, after: extent / stride + last - outputs };
  });
  const used = phases.filter(({ taps }) => taps.length > 0);
  // Phases without taps get no gradient; they come last, as zeros behind what there is.
  const leads = used.length > 0 && phases.slice(0, used.length).every(({ taps }) => taps.length > 0);
  const even = used.length === stride || used.length === 1;
  return leads && even && used.every(({ before, after }) => before >= 0 && after >= 0) ? phases : undefined;
}

/** Taps of `[height, width, in, out]`, each list falling by the stride. */
function picked(filter: Value, rows: readonly number[], columns: readonly number[], builder: Builder): Value {
  const step = (taps: readonly number[]) => taps.length > 1 ? taps[1]! - taps[0]! : -1;
  const lists = [rows, columns];
  return builder.slice(
    filter,
    [0, 1],
    lists.map((taps) => taps[0]!),
    lists.map((taps) => taps.at(-1)! - 1),
    lists.map(step),
  );
}

/** Rows of several images, `[images, rows, numbers]`, one after the other; zeros for those that are not there. */
function inTurn(
  parts: readonly (Value | undefined)[],
  [images, rows, numbers]: readonly [number, number, number],
  size: number,
  builder: Builder,
): Value | undefined {
  const given = parts.filter((part) => part !== undefined).map((part) =>
    builder.reshape(part, [images, rows, numbers])
  );
  if (given.length === 0) return undefined;
  if (given.length === parts.length) return builder.concat(given, 2);
  return padRows(given[0]!, 0, (parts.length - 1) * numbers, size, builder);
}
