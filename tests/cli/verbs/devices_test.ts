/** @file `devices` and `engine export` at the command line: tables, JSON, exit codes. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import type { DeviceReport } from "../../../cli/devices/mod.ts";
import { execute } from "../../../cli/program.ts";
import { encodeProgram } from "../../../engine/build.ts";
import { fakeShell } from "../fakes.ts";
import { golden } from "../golden.ts";
import { temporaryFolder } from "../../temporary.ts";

const reports: DeviceReport[] = [
  { device: "cpu", available: true, difference: 0, passes: true, gflops: 166.4, mlp: 32_015.3, cnn: 5187.6 },
  { device: "webgpu", available: true, difference: 1e-7, passes: true, gflops: 0.214, mlp: null, cnn: null },
  { device: "cuda", available: false, reason: "there is no GPU", remedy: "buy one" },
];

/** A shell of a machine with these devices. */
function machine(there: readonly DeviceReport[]) {
  const { shell } = fakeShell();
  const load = async () => ({
    ...await import("../../../cli/devices/mod.ts"),
    measureAll: (names: readonly string[]) => Promise.resolve(there.filter(({ device }) => names.includes(device))),
  });
  return { ...shell, devices: { module: "", load } };
}

Deno.test("devices prints a table of what is there, what is missing and what auto means", async () => {
  const shell = machine(reports);
  assert.equal(await execute(["devices"], shell), 0);
  golden("devices", shell.stdout.text);
});

Deno.test("devices --json prints one document", async () => {
  const shell = machine(reports);
  assert.equal(await execute(["devices", "--json"], shell), 0);
  assert.deepEqual(JSON.parse(shell.stdout.text), { auto: "cpu", devices: reports });
});

Deno.test("devices exits with 1 for a device that computes wrong, or that was asked for and is missing, with 2 for none", async () => {
  assert.equal(await execute(["devices", "cuda"], machine(reports)), 1);
  assert.equal(await execute(["devices", "cpu"], machine(reports)), 0);
  const wrong = { ...reports[0]!, passes: false, difference: 0.5 } as DeviceReport;
  assert.equal(await execute(["devices"], machine([wrong])), 1);
  const shell = machine(reports);
  assert.equal(await execute(["devices", "webpgu"], shell), 2);
  assert.match(shell.stderr.text, /"webgpu"/);
});

Deno.test("engine export writes a file for each program, and says what it holds", async () => {
  const x = { dtype: "float32", shape: [2, 3] } as const;
  const bytes = encodeProgram(({ x, "w/a": w }) => ({ y: tf.relu(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D)) }), {
    x,
    "w/a": { dtype: "float32", shape: [3, 4] },
  });
  const { shell } = fakeShell({
    exportPrograms: (request, _options, { only, portable }) => {
      assert.deepEqual([request.pipeline, only, portable], ["p.ts", "sam/train", true]);
      return Promise.resolve([{ node: "sam/train", name: "train mlp with sam", bytes }]);
    },
  });
  const out = await temporaryFolder();
  assert.equal(await execute(["engine", "export", "p.ts", "sam/train", "--out", out], shell), 0, shell.stderr.text);
  assert.deepEqual(await Deno.readFile(`${out}/sam-train.onnx`), Uint8Array.from(bytes));
  golden("engine-export", shell.stdout.text.replaceAll(out, "OUT"));
});
