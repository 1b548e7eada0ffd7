/** @file SGD's closed forms on a quadratic. */
import assert from "node:assert/strict";
import { descend, near } from "./_quadratic.ts";

const START = { "a/weights": [3, -0.5], "b/biases": [1] };

Deno.test("sgd without momentum contracts each parameter by 1 - lr c", async () => {
  const steps = await descend({ kind: "sgd", lr: 0.1, momentum: 0 }, START, 4);
  const last = Object.values(steps.at(-1)!.parameters).flat();
  assert.ok(near(last, [3 * 0.9 ** 4, -0.5 * 0.6 ** 4, 0.8 ** 4]));
});

Deno.test("sgd clips the gradient to the global norm, decay included", async () => {
  const [first] = await descend({ kind: "sgd", lr: 1, momentum: 0, clip: 1, weightDecay: 1 }, START, 1);
  const [w, g] = [[3, -0.5, 1], [6, -2.5, 3]];
  const expected = w.map((value, i) => value - g[i]! / Math.hypot(...g));
  assert.ok(near(Object.values(first!.parameters).flat(), expected, 1e-5));
});

Deno.test("sgd leaves a gradient below the clip as it is", async () => {
  const spec = { kind: "sgd", lr: 0.1, momentum: 0.9 };
  assert.deepEqual(await descend({ ...spec, clip: 100 }, START, 3), await descend(spec, START, 3));
});
