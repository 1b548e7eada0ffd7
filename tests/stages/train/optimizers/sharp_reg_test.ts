/** @file SharpReg between SGD and SAM, and beyond. */
import assert from "node:assert/strict";
import { descend, near } from "./_quadratic.ts";

const START = { "a/weights": [3, -0.5], "b/biases": [1] };
const DESCENT = { lr: 0.1, momentum: 0.9, weightDecay: 0.01, clip: 2 };

Deno.test("sharpReg with a = 0 is sgd exactly", async () => {
  const ours = await descend({ kind: "sharpReg", rho: 0.3, a: 0, ...DESCENT }, START, 5);
  assert.deepEqual(ours, await descend({ kind: "sgd", ...DESCENT }, START, 5));
});

Deno.test("sharpReg with a = 1 is sam exactly", async () => {
  const ours = await descend({ kind: "sharpReg", rho: 0.3, a: 1, ...DESCENT }, START, 5);
  assert.deepEqual(ours, await descend({ kind: "sam", rho: 0.3, ...DESCENT }, START, 5));
});

Deno.test("sharpReg with a < 0 steps by (1 - a) g(w) + a g(w + rho g / ||g||)", async () => {
  const [first] = await descend({ kind: "sharpReg", rho: 0.3, a: -0.5, lr: 0.1, momentum: 0 }, START, 1);
  const [w, c] = [[3, -0.5, 1], [1, 4, 2]];
  const g = w.map((value, i) => c[i]! * value);
  const expected = w.map((value, i) => {
    return value - 0.1 * (1.5 * g[i]! - 0.5 * c[i]! * (value + 0.3 * g[i]! / Math.hypot(...g)));
  });
  assert.ok(near(Object.values(first!.parameters).flat(), expected));
});
