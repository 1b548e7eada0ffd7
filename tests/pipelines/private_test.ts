/** @file The noise of the private presets gives the epsilons that they are named for. */
import assert from "node:assert/strict";
import { privatePlans } from "../../pipelines/shared/private.ts";
import { epsilonAt, guarantee } from "../../stages/privacy/mod.ts";

for (const [preset, { members, batch, epochs, delta, noise }] of Object.entries(privatePlans)) {
  Deno.test(`privatePlans.${preset} have the epsilons that they are named for`, () => {
    for (const [epsilon, noiseMultiplier] of Object.entries(noise)) {
      const samplingRate = batch / members;
      const steps = epochs * Math.round(members / batch);
      const spent = guarantee("add-remove", { kind: "gaussian", noiseMultiplier, samplingRate, steps });
      const reached = epsilonAt(spent, delta, "rdp")!;
      assert.ok(Math.abs(reached / Number(epsilon) - 1) < 1e-3, `epsilon is ${reached}, not ${epsilon}`);
    }
  });
}
