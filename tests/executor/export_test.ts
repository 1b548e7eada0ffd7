/** @file Exported programs: what stages run, in ONNX's own operators, with names that people can read. */
import assert from "node:assert/strict";
import ort from "onnxruntime-node";
import { summarize } from "../../engine/onnx/summary.ts";
import { exportPrograms, run } from "../../executor/mod.ts";
import { temporaryFolder } from "../temporary.ts";

const pipeline = new URL("fixtures/exported.ts", import.meta.url).href;

Deno.test("exportPrograms() gives the programs of train and predict, which any runtime loads", async () => {
  const folder = await temporaryFolder();
  const options = { cache: `${folder}/cache`, data: folder, out: `${folder}/out`, jobs: 0 };
  const request = { pipeline, check: false };
  await assert.rejects(exportPrograms(request, options, { only: "*/train", portable: true }), {
    name: "RequestError",
    message: /^Cannot export "mlp\/train": its inputs were not made yet \(/,
  });
  const report = await run(request, options);
  assert.equal(report.counts.failed, 0, report.error?.message);
  await assert.rejects(exportPrograms(request, options, { only: "subsample", portable: true }), {
    message: 'Cannot export "subsample": its stage compiles no program; those that do: "mlp/train", "mlp/predict", ' +
      '"cnn/train", "cnn/predict"',
  });
  const programs = await exportPrograms(request, options, { portable: true });
  assert.deepEqual(programs.map(({ node }) => node).sort(), ["cnn/predict", "cnn/train", "mlp/predict", "mlp/train"]);
  for (const { node, bytes } of programs) {
    const { inputs, outputs, operators, parameters } = summarize(bytes);
    const foreign = Object.keys(operators).filter((name) => name.includes("."));
    assert.deepEqual(foreign, [], node);
    const session = await ort.InferenceSession.create(bytes);
    assert.deepEqual([...session.inputNames].sort(), inputs.map(({ name }) => name).sort());
    assert.deepEqual([...session.outputNames].sort(), outputs.map(({ name }) => name).sort());
    await session.release();
    assert.ok(parameters > 0 && operators.Scan === 1, node);
  }
  const mlp = summarize(programs.find(({ node }) => node === "mlp/train")!.bytes);
  assert.equal(mlp.parameters, 64 * 8 + 8 + 8 * 2 + 2);
  assert.deepEqual(mlp.inputs.find(({ name }) => name === "inputs/labels"), {
    name: "inputs/labels",
    dtype: "int32",
    shape: ["steps", 8],
  });
  const text = new TextDecoder("latin1").decode(programs.find(({ node }) => node === "cnn/train")!.bytes);
  for (const name of ["relu", "maxPool", "backward/", "step/carry/w/"]) assert.ok(text.includes(name), name);
  const [device] = await exportPrograms(request, options, { only: "cnn/train", portable: false });
  const own = Object.keys(summarize(device!.bytes).operators);
  if (own.some((name) => name.startsWith("com.microsoft.nchwc."))) {
    assert.ok(own.includes("com.microsoft.nchwc.Conv"));
  } else assert.ok(own.includes("Conv"), "a processor without blocked convolutions runs plain ones");
});
