/** @file SAM on a quadratic, where both of its steps have closed forms. */
import assert from "node:assert/strict";
import { expectTypeOf } from "expect-type";
import type { z } from "zod";
import { optimizerSpec } from "../../../../stages/train/mod.ts";
import { descend, near } from "./_quadratic.ts";

const START = { "a/weights": [3, -0.5], "b/biases": [1] };
const w = [3, -0.5, 1];
const c = [1, 4, 2];

/** `c (w + rho c w / ||c w||)`: the gradient at the top of the climb. */
function perturbedGradient(w: readonly number[], rho: number, decay = 0): number[] {
  const g = w.map((value, i) => (c[i]! + decay) * value);
  const norm = Math.hypot(...g);
  return w.map((value, i) => (c[i]! + decay) * (value + rho * g[i]! / norm));
}

function flat(parameters: Record<string, number[]>): number[] {
  return Object.values(parameters).flat();
}

Deno.test("sam steps by the gradient at w + rho g / ||g||, one norm over all parameters", async () => {
  const [first] = await descend({ kind: "sam", lr: 0.1, rho: 0.7, momentum: 0 }, START, 1);
  const expected = perturbedGradient(w, 0.7).map((g, i) => w[i]! - 0.1 * g);
  assert.ok(near(flat(first!.parameters), expected), `${flat(first!.parameters)} is not ${expected}`);
});

Deno.test("sam keeps momentum between steps: v = m v + g", async () => {
  const [, second] = await descend({ kind: "sam", lr: 0.1, rho: 0.7, momentum: 0.9 }, START, 2);
  const v1 = perturbedGradient(w, 0.7);
  const w1 = w.map((value, i) => value - 0.1 * v1[i]!);
  const v2 = perturbedGradient(w1, 0.7).map((g, i) => 0.9 * v1[i]! + g);
  assert.ok(near(flat(second!.parameters), w1.map((value, i) => value - 0.1 * v2[i]!), 1e-5));
});

Deno.test("sam takes weight decay at w, or in both passes where weightDecayInPerturbation", async () => {
  const spec = { kind: "sam", lr: 0.1, rho: 0.7, momentum: 0, weightDecay: 0.5 };
  const [outside] = await descend(spec, START, 1);
  const [inside] = await descend({ ...spec, weightDecayInPerturbation: true }, START, 1);
  const expectedOutside = perturbedGradient(w, 0.7).map((g, i) => w[i]! - 0.1 * (g + 0.5 * w[i]!));
  const expectedInside = perturbedGradient(w, 0.7, 0.5).map((g, i) => w[i]! - 0.1 * g);
  assert.ok(near(flat(outside!.parameters), expectedOutside));
  assert.ok(near(flat(inside!.parameters), expectedInside));
  assert.ok(!near(expectedInside, expectedOutside, 1e-3), "the two differ");
});

Deno.test("sam spares biases from weight decay where decayBiases is false", async () => {
  const spec = { kind: "sam", lr: 0.1, rho: 0.7, momentum: 0, weightDecay: 0.5 };
  const [plain] = await descend({ ...spec, weightDecay: 0 }, START, 1);
  const [spared] = await descend({ ...spec, decayBiases: false }, START, 1);
  assert.deepEqual(spared!.parameters["b/biases"], plain!.parameters["b/biases"]);
  assert.notDeepEqual(spared!.parameters["a/weights"], plain!.parameters["a/weights"]);
});

Deno.test("sam reports the loss at w, or at the top where it is to report the perturbed one", async () => {
  const spec = { kind: "sam", lr: 0.1, rho: 0.7, momentum: 0 };
  const [here] = await descend(spec, START, 1);
  const [there] = await descend({ ...spec, report: "perturbed" }, START, 1);
  const loss = (point: readonly number[]) => point.reduce((sum, value, i) => sum + c[i]! * value ** 2 / 2, 0);
  const g = w.map((value, i) => c[i]! * value);
  const top = w.map((value, i) => value + 0.7 * g[i]! / Math.hypot(...g));
  assert.ok(near([here!.loss, there!.loss], [loss(w), loss(top)], 1e-5));
});

Deno.test("sam divides by ||g|| + normGuard, so that a large guard shrinks the climb", async () => {
  const g = w.map((value, i) => c[i]! * value);
  const [first] = await descend({ kind: "sam", lr: 0.1, rho: 0.7, momentum: 0, normGuard: 5 }, START, 1);
  const expected = w.map((value, i) => value - 0.1 * c[i]! * (value + 0.7 * g[i]! / (Math.hypot(...g) + 5)));
  assert.ok(near(flat(first!.parameters), expected));
});

Deno.test("sam stays where the gradient is 0, without NaN", async () => {
  const [first] = await descend({ kind: "sam", lr: 0.1, rho: 0.7 }, { "a/weights": [0, 0], "b/biases": [0] }, 1);
  assert.deepEqual(flat(first!.parameters), [0, 0, 0]);
});

Deno.test("optimizerSpec requires sam's rho, at compile time and at run time", () => {
  expectTypeOf<{ kind: "sam"; lr: number }>().not.toExtend<z.input<typeof optimizerSpec>>();
  expectTypeOf<{ kind: "sam"; lr: number; rho: number }>().toExtend<z.input<typeof optimizerSpec>>();
  expectTypeOf<{ kind: "sharpReg"; lr: number; rho: number }>().not.toExtend<z.input<typeof optimizerSpec>>();
  assert.throws(() => optimizerSpec.parse({ kind: "sam", lr: 0.1 }), /rho/);
});
