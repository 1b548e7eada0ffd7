/** @file What the engine's tests share: an oracle (tfjs's cpu backend) and a comparison within rounding. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-layers"; // Registers the gradients, which tfjs-core leaves to others.
import { compile, type HostTensor, stream } from "engram/engine/mod.ts";
import { sizeOf } from "../../engine/types.ts";

/** Runs `fn` on tfjs's own cpu backend, cleaning up after it. */
export function onCpu<T>(fn: () => T): T {
  void tf.engine().setBackend("cpu");
  tf.engine().startScope("oracle");
  try {
    return fn();
  } finally {
    tf.engine().endScope();
  }
}

/** Asserts that numbers agree within `tolerance`, relative to the largest of them (at least 1). */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = "value",
): void {
  assert.equal(actual.length, expected.length, `${what}: lengths differ`);
  let scale = 1;
  for (let i = 0; i < expected.length; i++) {
    if (Number.isFinite(expected[i])) scale = Math.max(scale, Math.abs(expected[i]!));
  }
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    const close = Object.is(a, e) || a === e || Math.abs(a - e) <= tolerance * scale;
    assert.ok(close, `${what}[${i}] is ${a}, expected ${e} within ${tolerance * scale}`);
  }
}

/** Uniform floats in [low, high) under a shape, always the same for a name. */
export function floats(name: string, shape: readonly number[], low = -2, high = 2): HostTensor {
  const data = stream("floats", name).uniform(sizeOf(shape)).map((u) => low + (high - low) * u);
  return { dtype: "float32", shape, data };
}

/** Integers in [low, high) under a shape, always the same for a name. */
export function integers(name: string, shape: readonly number[], low: number, high: number): HostTensor {
  return { dtype: "int32", shape, data: stream("integers", name).integers(sizeOf(shape), low, high) };
}

/** Random bytes under a shape. */
export function bytes(name: string, shape: readonly number[], high = 256): HostTensor {
  return { dtype: "uint8", shape, data: Uint8Array.from(stream("bytes", name).integers(sizeOf(shape), 0, high)) };
}

/** Random truth values under a shape. */
export function truths(name: string, shape: readonly number[]): HostTensor {
  return { dtype: "bool", shape, data: Uint8Array.from(stream("truths", name).integers(sizeOf(shape), 0, 2)) };
}

/** A function of tensors, named or in order. */
export type Named = (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>;

/** A host tensor as tfjs has it, bytes widened. */
export function toTfjs({ dtype, shape, data }: HostTensor): tf.Tensor {
  return tf.tensor(data, [...shape], dtype === "uint8" ? "int32" : dtype);
}

/** Runs a function compiled. */
export async function runCompiled(fn: Named, inputs: Record<string, HostTensor>): Promise<Record<string, HostTensor>> {
  const program = compile(fn, inputs);
  try {
    return await program.run(inputs);
  } finally {
    await program.dispose();
  }
}

/** Asserts that a compiled function agrees with tfjs's cpu backend in shapes, dtypes and numbers. */
export async function assertSameAsCpu(fn: Named, inputs: Record<string, HostTensor>, tolerance = 1e-5): Promise<void> {
  const expected = onCpu(() => {
    const results = fn(Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, toTfjs(tensor)])));
    return Object.entries(results).map(([name, t]) => [name, t.dtype, [...t.shape], Array.from(t.dataSync())] as const);
  });
  const actual = await runCompiled(fn, inputs);
  assert.deepEqual(Object.keys(actual).toSorted(), expected.map(([name]) => name).toSorted());
  for (const [name, dtype, shape, data] of expected) {
    assert.equal(actual[name]!.dtype, dtype, `${name}: dtype`);
    assert.deepEqual(actual[name]!.shape, shape, `${name}: shape`);
    assertClose(actual[name]!.data, data, tolerance, name);
  }
}

/**
 * The gradients of `fn`'s output, weighted to a scalar by fixed weights that differ from element to element, with
 * respect to the inputs named in `wanted`.
 */
export function gradientsOf(fn: (inputs: Record<string, tf.Tensor>) => tf.Tensor, wanted: readonly string[]): Named {
  return (inputs) => {
    const grads = tf.grads((...values: tf.Tensor[]) => {
      const result = fn({ ...inputs, ...Object.fromEntries(wanted.map((name, i) => [name, values[i]!])) });
      const weights = tf.add(tf.mod(tf.mul(tf.range(0, result.size), 7), 5), 0.5);
      return tf.sum(tf.mul(result, tf.reshape(weights, result.shape)));
    })(wanted.map((name) => inputs[name]!));
    return Object.fromEntries(wanted.map((name, i) => [`d_${name}`, grads[i]!]));
  };
}
