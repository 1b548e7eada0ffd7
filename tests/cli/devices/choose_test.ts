/** @file Which device a run gets: measured once a machine, remembered, the fastest that computes right. */
import assert from "node:assert/strict";
import { chooseDevice, type Choosing, measureAll } from "../../../cli/devices/choose.ts";
import { measureApart } from "../../../cli/devices/apart.ts";
import { mayHave } from "../../../cli/devices/possible.ts";
import type { DeviceReport } from "../../../cli/devices/report.ts";
import { temporaryFolder } from "../../temporary.ts";

const right = { available: true, difference: 1e-7, passes: true, gflops: 100, mlp: 20_000 } as const;

/** A machine with these devices; it writes down what is measured and told. */
async function machine(reports: readonly DeviceReport[], env: Record<string, string> = {}) {
  const [measured, told]: [string[], string[]] = [[], []];
  const choosing: Choosing = {
    cache: await temporaryFolder(),
    env: (name) => env[name],
    tell: (message) => told.push(message),
    possible: () => true,
    measure(device) {
      measured.push(device);
      const missing = { device, available: false, reason: "it is not there", remedy: "buy one" } as const;
      return Promise.resolve(reports.find((report) => report.device === device) ?? missing);
    },
  };
  return { choosing, measured, told };
}

Deno.test("chooseDevice() takes the fastest device that computes right for auto, and measures once", async () => {
  const { choosing, measured } = await machine([
    { device: "cpu", ...right, cnn: 5000 },
    { device: "webgpu", ...right, cnn: 90_000 },
    { device: "cuda", ...right, cnn: 120_000, difference: 0.1, passes: false },
  ]);
  assert.equal(await chooseDevice("auto", choosing), "webgpu");
  assert.deepEqual(measured, ["webgpu", "cuda", "tensorflow", "cpu"]);
  assert.equal(await chooseDevice("auto", choosing), "webgpu");
  assert.equal(measured.length, 4, "what is remembered is not measured again");
});

Deno.test("chooseDevice() does not take a GPU that is a program on the same processor for auto", async () => {
  const { choosing } = await machine([
    { device: "cpu", ...right, cnn: 5000 },
    { device: "webgpu", ...right, cnn: 7 },
  ]);
  assert.equal(await chooseDevice("auto", choosing), "cpu");
});

Deno.test("chooseDevice() measures nothing where files tell that there is nothing but the CPU", async () => {
  const { choosing, measured, told } = await machine([]);
  assert.equal(await chooseDevice("auto", { ...choosing, possible: () => false }), "cpu");
  assert.equal(await chooseDevice("cpu", choosing), "cpu");
  assert.deepEqual([measured, told], [[], []]);
});

Deno.test("chooseDevice() measures again on another machine, and after its memory was damaged", async () => {
  const first = await machine([{ device: "webgpu", ...right, cnn: 9 }]);
  assert.equal(await chooseDevice("webgpu", first.choosing), "webgpu");
  const elsewhere = {
    ...first.choosing,
    env: (name: string) => name === "VK_ICD_FILENAMES" ? "other.json" : undefined,
  };
  await chooseDevice("webgpu", elsewhere);
  assert.deepEqual(first.measured, ["webgpu", "webgpu"]);
  await Deno.writeTextFile(`${first.choosing.cache}/devices.json`, "{");
  await chooseDevice("webgpu", elsewhere);
  assert.equal(first.measured.length, 3);
});

Deno.test("chooseDevice() refuses a device that is missing or computes wrong, and looks again next time", async () => {
  const { choosing, measured } = await machine([
    { device: "cuda", ...right, cnn: 9, difference: 0.25, passes: false },
  ]);
  await assert.rejects(chooseDevice("webgpu", choosing), {
    message: 'Device "webgpu" is not available: it is not there; buy one',
  });
  await assert.rejects(chooseDevice("cuda", choosing), {
    message: 'Device "cuda" computes wrong: its self-test is 2.5e-1 away from the CPU\'s numbers; ' +
      "update its driver, or use another --device",
  });
  await assert.rejects(chooseDevice("cuda", choosing));
  assert.deepEqual(measured, ["webgpu", "cuda", "cuda"]);
});

Deno.test("measureAll() keeps what it knows of other devices", async () => {
  const { choosing, measured } = await machine([{ device: "cpu", ...right, cnn: 5000 }]);
  await measureAll(["cpu"], choosing);
  await measureAll(["cuda"], choosing);
  assert.equal(await chooseDevice("auto", choosing), "cpu");
  assert.deepEqual(measured, ["cpu", "cuda", "webgpu", "tensorflow"]);
});

Deno.test("measureApart() tells why a device is not there, and survives one that never ends", async () => {
  const reports = [await measureApart("cuda"), await measureApart("cpu", 1)];
  const [cuda, slow] = reports as [DeviceReport, DeviceReport];
  if (!mayHave("cuda", () => undefined)) {
    assert.ok(!cuda.available);
    assert.match(cuda.reason, /CUDA provider.*cannot be loaded \(missing: libonnxruntime_providers_shared\.so\)/);
    assert.match(cuda.remedy, /ONNXRUNTIME_NODE_INSTALL=cuda12 npx -y deno run -A npm:onnxruntime-node/);
  }
  assert.ok(!slow.available);
  assert.match(slow.reason, /did not end within 0\.001 s/);
});
