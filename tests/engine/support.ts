/** @file What the engine's tests share: an oracle (tfjs's cpu backend) and a comparison within rounding. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";

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
