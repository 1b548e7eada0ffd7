/** @file compile(): its checks, its errors, and that it leaves tfjs as it found it. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { expectTypeOf } from "expect-type";
import { compile, type HostTensor, UnsupportedKernelError } from "engram/engine/mod.ts";
import { floats } from "./support.ts";

const SPEC = { x: { dtype: "float32", shape: [2, 3] } } as const;

function double() {
  return compile(({ x }) => ({ y: tf.mul(x, 2) }), SPEC);
}

Deno.test("compile() keeps the names of inputs and outputs in its types", async () => {
  const program = double();
  expectTypeOf<Parameters<typeof program.run>[0]>().toEqualTypeOf<Readonly<Record<"x", HostTensor>>>();
  expectTypeOf<Awaited<ReturnType<typeof program.run>>>().toEqualTypeOf<Record<"y", HostTensor>>();
  // @ts-expect-error: the spec names no input "z"
  compile(({ z }) => ({ y: z }), SPEC);
  await program.dispose();
});

Deno.test("Program.run() refuses a wrong shape, naming the input, what it expects and what it got", async () => {
  const program = double();
  await assert.rejects(program.run({ x: floats("x", [3, 2]) }), {
    name: "TypeError",
    message: 'Input "x" expects float32[2,3] but was given float32[3,2]',
  });
  await program.dispose();
});

Deno.test("Program.run() refuses a wrong dtype, wrong data, missing and unknown inputs", async () => {
  const program = double();
  const x = floats("x", [2, 3]);
  const run = (inputs: Record<string, HostTensor>) => program.run(inputs as { x: HostTensor });
  await assert.rejects(
    run({ x: { dtype: "int32", shape: [2, 3], data: new Int32Array(6) } }),
    /expects float32\[2,3\] but was given int32/,
  );
  await assert.rejects(run({ x: { ...x, data: new Float32Array(5) } }), /6 elements, but its data holds 5/);
  await assert.rejects(run({ x: { ...x, data: new Int32Array(6) } }), /data must be a Float32Array/);
  await assert.rejects(run({}), /Input "x" is missing; it expects float32\[2,3\]/);
  await assert.rejects(run({ x, z: x }), /Input "z" is unknown to this program; it takes "x"/);
  await program.dispose();
});

Deno.test("Program.ready() names a kernel without a lowering and the op that asked for it", async () => {
  const program = compile(({ x }) => ({ y: tf.bincount(tf.cast(x, "int32") as tf.Tensor1D, [], 4) }), {
    x: { dtype: "float32", shape: [4] },
  });
  await assert.rejects(program.ready(), (error: Error) => {
    assert.ok(error instanceof UnsupportedKernelError);
    assert.equal(error.kernel, "Bincount");
    assert.match(error.message, /Kernel "Bincount" that tf\.bincount asks for cannot be compiled/);
    return true;
  });
});

Deno.test("Program.ready() says when a gradient asked for the unsupported kernel", async () => {
  const resized = (x: tf.Tensor) => tf.sum(tf.image.resizeBilinear(x as tf.Tensor4D, [4, 4]));
  const forward = compile(({ x }) => ({ y: resized(x) }), { x: { dtype: "float32", shape: [1, 2, 2, 1] } });
  await assert.rejects(forward.ready(), /"ResizeBilinear" that tf\.resizeBilinear asks for cannot/);
  const custom = tf.customGrad((x, save) => {
    (save as (tensors: tf.Tensor[]) => void)([x as tf.Tensor]);
    return { value: tf.square(x as tf.Tensor), gradFunc: (dy) => tf.mul(dy, tf.acosh(dy)) };
  });
  const backward = compile(({ x }) => ({ dx: tf.grad((v: tf.Tensor) => tf.sum(custom(v)))(x) }), SPEC);
  await assert.rejects(backward.ready(), /"Acosh" that tf\.acosh asks for in a gradient cannot/);
});

Deno.test("Program.ready() refuses a function that reads contents or returns no tensor", async () => {
  const reading = compile(({ x }) => ({ y: tf.scalar(x.dataSync()[0]!) }), SPEC);
  await assert.rejects(reading.ready(), /cannot read a tensor's contents/);
  const wrong = compile(() => ({ y: 3 as unknown as tf.Tensor }), SPEC);
  await assert.rejects(wrong.ready(), /Output "y" is no tensor but number/);
});

Deno.test("Program.ready() refuses tfjs's own random numbers, which would be frozen into the program", async () => {
  const noisy = compile(({ x }) => ({ y: tf.add(x, tf.randomNormal([2, 3])) }), SPEC);
  await assert.rejects(
    noisy.ready(),
    /Op tf\.randomNormal would give a compiled program the same numbers in every run/,
  );
  const dropping = compile(({ x }) => ({ y: tf.dropout(x, 0.5) }), SPEC);
  await assert.rejects(dropping.ready(), /Op tf\.(dropout|randomUniform) would/);
});

Deno.test("compile() leaves tfjs's backend and memory as they were, after errors too", async () => {
  await tf.setBackend("cpu");
  const before = { ...tf.memory() };
  const programs = [
    compile(
      ({ x }) => ({ dx: tf.grad((v: tf.Tensor) => tf.sum(tf.relu(tf.matMul(v as tf.Tensor2D, tf.ones([3, 2])))))(x) }),
      SPEC,
    ),
    compile(({ x }) => ({ y: tf.acosh(tf.mul(x, tf.scalar(3))) }), SPEC),
  ];
  for (const program of programs) await program.ready().catch(() => undefined);
  assert.equal(tf.getBackend(), "cpu");
  assert.deepEqual({ ...tf.memory() }, before);
  assert.ok(!tf.engine().backendNames().includes("engram-trace"));
  for (const program of programs) await program.dispose();
});

Deno.test("compile() returns an input as it is, one value under two names, and a constant", async () => {
  const program = compile(
    ({ x }) => ({ same: x, again: x, twice: tf.add(x, x), alias: tf.add(x, x), fixed: tf.tensor1d([1, 2]) }),
    SPEC,
  );
  const x = floats("x", [2, 3]);
  const out = await program.run({ x });
  assert.deepEqual(out.same, x);
  assert.deepEqual(out.again, x);
  assert.deepEqual(out.alias, out.twice);
  assert.deepEqual([...out.fixed.data], [1, 2]);
  await program.dispose();
});

Deno.test("compile() takes any names, also those that an input and an output share or that a graph might use", async () => {
  const spec = { dtype: "float32", shape: [2] } as const;
  const program = compile(({ v0, v1, "a/b": c }) => ({ v1: tf.exp(v0), v0: tf.add(tf.exp(v1), c), "": tf.neg(c) }), {
    v0: spec,
    v1: spec,
    "a/b": spec,
  });
  const of = (...data: number[]): HostTensor => ({ ...spec, data: Float32Array.from(data) });
  const out = await program.run({ v0: of(0, 0), v1: of(0, 0), "a/b": of(2, 3) });
  assert.deepEqual(Object.values(out).map(({ data }) => [...data]).toSorted(), [[-2, -3], [1, 1], [3, 4]]);
  assert.deepEqual([...out.v0.data], [3, 4]);
  await program.dispose();
});

Deno.test("Program.run() refuses to run after dispose()", async () => {
  const program = double();
  await program.run({ x: floats("x", [2, 3]) });
  await program.dispose();
  await assert.rejects(program.run({ x: floats("x", [2, 3]) }), /is disposed and cannot run/);
});

Deno.test("importing the engine loads neither tfjs nor native code", async () => {
  const script = `
    await import(${JSON.stringify(import.meta.resolve("../../engine/mod.ts"))});
    if (globalThis._tfengine) throw new Error("tfjs is loaded");
    const maps = await Deno.readTextFile("/proc/self/maps").catch(() => "");
    if (maps.includes("onnxruntime")) throw new Error("onnxruntime is loaded");
  `;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--config",
      config,
      "--ext=ts",
      "data:text/typescript," + encodeURIComponent(script),
    ],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
});
