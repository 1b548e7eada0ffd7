/** @file Stages that run several programs: all of them are exported. */
import assert from "node:assert/strict";
import { summarize } from "../../engine/onnx/summary.ts";
import { exportPrograms, run } from "../../executor/mod.ts";
import { temporaryFolder } from "../temporary.ts";

Deno.test("exportPrograms() gives all programs of a stage, in the order in which it comes to them, and stores nothing", async () => {
  const folder = await temporaryFolder();
  const options = { cache: `${folder}/cache`, data: folder, out: `${folder}/out`, jobs: 0 };
  const request = { pipeline: new URL("fixtures/exported_several.ts", import.meta.url).href, check: false };
  const made = await run({ ...request }, { ...options, only: "subsample" });
  assert.equal(made.counts.failed, 0, made.error?.message);
  const programs = await exportPrograms(request, options, { portable: true });
  assert.deepEqual(programs.map(({ node, name }) => `${node}: ${name}`), [
    "look: train mlp with lookSam",
    "look: train mlp with lookSam",
    "swa: train wideResNet with swa",
    "swa: statistics of wideResNet",
  ]);
  const [two, one, , statistics] = programs.map(({ bytes }) => summarize(bytes));
  // A climb first needs the gradient there.
  assert.ok(two!.operators.Gemm! > one!.operators.Gemm!);
  assert.ok(statistics!.outputs.every(({ name }) => name.startsWith("next/b/")));
  const again = await run(request, { ...options, only: "look" });
  assert.equal(again.nodes.find(({ id }) => id === "look")!.status, "ran");
});
