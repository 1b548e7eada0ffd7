/** @file What is said where a device is missing: what, why, and what to do. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { compile, DeviceError } from "engram/engine/mod.ts";
import { explain as explainCuda } from "../../../engine/devices/cuda.ts";
import { deviceOf } from "../../../engine/devices/mod.ts";
import { loadTensorFlow } from "../../../engine/devices/tensorflow_library.ts";
import { explain as explainWebgpu } from "../../../engine/devices/webgpu.ts";
import { temporaryFolder } from "../../temporary.ts";

/** What onnxruntime-node 1.30 said on machines that lacked something. */
const SAID = {
  adapter:
    "/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::" +
    "Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == " +
    "wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n",
  library: "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library",
  backend: "no available backend found. ERR: [webgpu] backend not found.",
};

Deno.test("explain() of webgpu tells of a missing driver, and of a platform without the provider", () => {
  const driver = explainWebgpu(new Error(SAID.adapter));
  assert.ok(driver instanceof DeviceError);
  assert.equal(
    driver.message,
    'Device "webgpu" is not available: onnxruntime found no GPU with a Vulkan, Metal or Direct3D 12 driver; install ' +
      'the driver (on Linux with Vulkan: "vulkaninfo --summary" must list the GPU), or use another --device',
  );
  const platform = explainWebgpu(new Error(SAID.backend));
  assert.ok(platform instanceof DeviceError && /has no WebGPU provider/.test(platform.reason));
});

Deno.test("explain() of cuda tells how to fetch the provider, and when the GPU is missing", () => {
  const library = explainCuda(new Error(SAID.library));
  assert.ok(library instanceof DeviceError);
  assert.equal(
    library.message,
    'Device "cuda" is not available: onnxruntime\'s CUDA provider, or the CUDA and cuDNN libraries that it needs, cannot ' +
      "be loaded; install CUDA 12 with cuDNN 9, and fetch the provider: ONNXRUNTIME_NODE_INSTALL=cuda12 npx -y deno run -A " +
      "npm:onnxruntime-node@1.30.0/script/install.js",
  );
  const gpu = explainCuda(new Error("CUDA failure 100: no CUDA-capable device is detected"));
  assert.ok(gpu instanceof DeviceError && /driver finds no GPU/.test(gpu.reason));
  const other = new Error("Non-zero status code returned while running Conv node");
  assert.equal(explainCuda(other), other, "what is the program's fault stays as it is");
  assert.equal(explainWebgpu(other), other);
});

Deno.test("the install command names the version of onnxruntime-node that the import map has", async () => {
  const manifest = JSON.parse(await Deno.readTextFile(new URL("../../../deno.json", import.meta.url)));
  assert.match(
    String((explainCuda(new Error(SAID.library)) as Error).message),
    new RegExp(manifest.imports["onnxruntime-node"]),
  );
});

Deno.test("deviceOf() refuses names of no device, auto among them", async () => {
  await assert.rejects(deviceOf("auto"), {
    name: "RangeError",
    message: 'There is no device "auto"; choose "cpu", "webgpu", "cuda", "tensorflow"',
  });
});

Deno.test("a program for tensorflow asks for its library", async () => {
  const x = { dtype: "float32", shape: [1] } as const;
  const program = compile(({ x }) => ({ y: tf.neg(x) }), { x }, { device: "tensorflow" });
  await assert.rejects(program.run({ x: { ...x, data: Float32Array.of(1) } }), {
    message:
      'Device "tensorflow" is not available: its library is not loaded in this thread; call loadTensorFlow() first',
  });
});

Deno.test("loadTensorFlow() tells where it looked, and what of an installation does not load", async () => {
  const folder = await temporaryFolder();
  assert.throws(() => loadTensorFlow(folder), {
    message: `Device "tensorflow" is not available: "@tensorflow/tfjs-node" is not installed in "${folder}"; see ` +
      "docs/guides/tensorflow.md for how to install it, and name its folder in ENGRAM_TENSORFLOW",
  });
  const broken = `${folder}/node_modules/@tensorflow/tfjs-node`;
  await Deno.mkdir(broken, { recursive: true });
  await Deno.writeTextFile(`${broken}/index.js`, 'throw new Error("no tfjs_binding.node\\nand more");');
  assert.throws(() => loadTensorFlow(folder), {
    name: "DeviceError",
    message: /"@tensorflow\/tfjs-node" does not load \(no tfjs_binding\.node\); see docs\/guides\/tensorflow\.md/,
  });
});
