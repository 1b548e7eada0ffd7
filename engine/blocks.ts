/** @file Asks the native library for the size of its channel blocks, which depends on the processor. */

import { Builder } from "./builder.ts";
import type { Value } from "./graph.ts";
import { encodeModel, graphMessage, Names } from "./onnx/encode.ts";
import { openSession } from "./session.ts";

const CHANNELS = 64;

let known: Promise<number | undefined> | undefined;

/** Channels in a block on this machine, or `undefined` where the library has no blocked convolutions. */
export function blockSize(): Promise<number | undefined> {
  return known ??= probe().catch(() => undefined);
}

/** Reorders an image of two pixels whose elements tell where they were: the first channel's second pixel moves to the block's end. */
async function probe(): Promise<number | undefined> {
  const x: Value = { dtype: "float32", shape: [1, CHANNELS, 1, 2] };
  const builder = new Builder();
  const names = new Names();
  names.set(x, "x");
  const y = builder.node("ReorderInput", [x], x, {}, "com.microsoft.nchwc");
  const session = await openSession(encodeModel(graphMessage(builder.finish([x], [y]), names, ["y"], "probe")), {});
  const data = Float32Array.from({ length: 2 * CHANNELS }, (_, i) => i);
  const { y: moved } = await session.run({ x: { dtype: "float32", shape: x.shape, data } });
  await session.release();
  const size = moved!.data.indexOf(1);
  const expected = (i: number) => {
    const [block, rest] = [Math.floor(i / (2 * size)), i % (2 * size)];
    return (block * size + rest % size) * 2 + Math.floor(rest / size);
  };
  return size > 1 && CHANNELS % size === 0 && moved!.data.every((value, i) => value === expected(i)) ? size : undefined;
}
