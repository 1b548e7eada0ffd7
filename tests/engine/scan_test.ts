/** @file scan(): steps against a plain loop, chunks, hoisting, and its errors. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { expectTypeOf } from "expect-type";
import { compile, type HostTensor, scan } from "engram/engine/mod.ts";
import { bytes, floats, integers } from "./support.ts";

/** A step with everything in it: bytes as constants, two carries (one of bytes), two inputs and two outputs. */
function walker() {
  return scan({
    constants: { table: { dtype: "uint8", shape: [5, 3] } },
    carry: { sum: { dtype: "float32", shape: [2, 3] }, last: { dtype: "uint8", shape: [2, 3] } },
    inputs: { rows: { dtype: "int32", shape: [2] }, weight: { dtype: "float32", shape: [] } },
    step: ({ constants, carry, inputs }) => {
      const padded = tf.pad(constants.table, [[1, 0], [0, 0]], 7);
      const rows = tf.gather(padded, tf.add(inputs.rows, tf.scalar(1, "int32")) as tf.Tensor1D);
      const sum = tf.add(tf.mul(carry.sum, 0.5), tf.mul(tf.cast(rows, "float32"), inputs.weight));
      return { carry: { sum, last: rows }, outputs: { mean: tf.mean(sum), previous: carry.last } };
    },
  });
}

const GIVEN = {
  constants: { table: bytes("table", [5, 3]) },
  carry: { sum: floats("sum", [2, 3]), last: bytes("last", [2, 3]) },
  inputs: { rows: integers("rows", [6, 2], -1, 5), weight: floats("weight", [6]) },
};

function part(tensor: HostTensor, from: number, to: number): HostTensor {
  const row = tensor.data.length / tensor.shape[0]!;
  return { ...tensor, shape: [to - from, ...tensor.shape.slice(1)], data: tensor.data.slice(from * row, to * row) };
}

Deno.test("scan() of n steps equals n runs of one step, bytes carried as bytes", async () => {
  const program = walker();
  const whole = await program.run(GIVEN);
  let carry: Record<"sum" | "last", HostTensor> = GIVEN.carry;
  const means: number[] = [];
  for (let step = 0; step < 6; step++) {
    const inputs = { rows: part(GIVEN.inputs.rows, step, step + 1), weight: part(GIVEN.inputs.weight, step, step + 1) };
    const result = await program.run({ ...GIVEN, carry, inputs });
    carry = result.carry;
    means.push(result.outputs.mean.data[0]!);
  }
  assert.deepEqual(whole.carry, carry);
  assert.deepEqual([...whole.outputs.mean.data], means);
  assert.equal(whole.carry.last.dtype, "uint8");
  assert.deepEqual(whole.outputs.previous.shape, [6, 2, 3]);
  assert.equal(whole.outputs.previous.dtype, "int32");
  await program.dispose();
});

Deno.test("scan() equals a loop in JavaScript", async () => {
  const program = walker();
  const { carry, outputs } = await program.run(GIVEN);
  const sum = Float32Array.from(GIVEN.carry.sum.data);
  for (let step = 0; step < 6; step++) {
    let total = 0;
    for (let i = 0; i < 6; i++) {
      const row = GIVEN.inputs.rows.data[step * 2 + Math.floor(i / 3)]!;
      const pixel = row < 0 ? 7 : GIVEN.constants.table.data[row * 3 + i % 3]!;
      sum[i] = sum[i]! * 0.5 + pixel * GIVEN.inputs.weight.data[step]!;
      total += sum[i]!;
    }
    assert.ok(Math.abs(outputs.mean.data[step]! - total / 6) < 1e-3);
  }
  sum.forEach((value, i) => assert.ok(Math.abs(value - carry.sum.data[i]!) < 1e-3));
  await program.dispose();
});

Deno.test("scan() without per-step inputs counts the steps it is told", async () => {
  const program = scan({
    constants: {},
    carry: { n: { dtype: "int32", shape: [] } },
    inputs: {},
    step: ({ carry }) => ({ carry: { n: tf.add(carry.n, tf.scalar(1, "int32")) }, outputs: { before: carry.n } }),
  });
  const n: HostTensor = { dtype: "int32", shape: [], data: Int32Array.of(5) };
  const { carry, outputs } = await program.run({ constants: {}, carry: { n }, inputs: {}, steps: 3 });
  assert.equal(carry.n.data[0], 8);
  assert.deepEqual([...outputs.before.data], [5, 6, 7]);
  await assert.rejects(
    program.run({ constants: {}, carry: { n }, inputs: {} }),
    /needs the number of steps: pass `steps`/,
  );
  await program.dispose();
});

Deno.test("scan() keeps the names of carry and outputs in its types", async () => {
  const program = walker();
  type Result = Awaited<ReturnType<typeof program.run>>;
  expectTypeOf<keyof Result["carry"]>().toEqualTypeOf<"sum" | "last">();
  expectTypeOf<keyof Result["outputs"]>().toEqualTypeOf<"mean" | "previous">();
  await program.dispose();
});

Deno.test("ScanProgram.run() refuses inputs that disagree about the number of steps, and none", async () => {
  const program = walker();
  const short = { ...GIVEN.inputs, weight: part(GIVEN.inputs.weight, 0, 4) };
  await assert.rejects(program.run({ ...GIVEN, inputs: short }), {
    name: "RangeError",
    message: 'Input "rows" has 6 steps but "weight" has 4',
  });
  const none = { rows: part(GIVEN.inputs.rows, 0, 0), weight: part(GIVEN.inputs.weight, 0, 0) };
  await assert.rejects(program.run({ ...GIVEN, inputs: none }), /needs at least 1 step, not 0/);
  const flat = { ...GIVEN.inputs, rows: integers("rows", [12], 0, 5) };
  await assert.rejects(
    program.run({ ...GIVEN, inputs: flat }),
    /Input "rows" expects int32\[-1,2\] but was given int32\[12\]/,
  );
  await program.dispose();
});

Deno.test("scan() refuses a step whose carry is missing, unknown, or of another shape", async () => {
  const x = { dtype: "float32", shape: [2] } as const;
  const step = (carry: (x: tf.Tensor) => Record<string, tf.Tensor>) =>
    scan({
      constants: {},
      carry: { x },
      inputs: { x },
      step: (given) => ({ carry: carry(given.carry.x) as { x: tf.Tensor }, outputs: {} }),
    }).ready();
  await assert.rejects(step(() => ({})), /The step does not return carry "x"/);
  await assert.rejects(step((v) => ({ x: v, z: v })), /The step returns carry "z", which it was not given/);
  await assert.rejects(step((v) => ({ x: tf.sum(v) })), /Carry "x" is float32\[2\] but the step returns float32\[\]/);
});

Deno.test("scan() and compile() run side by side in workers", async () => {
  const url = new URL("./fixtures/worker.ts", import.meta.url);
  const answers = await Promise.all([1, 2, 3].map((factor) =>
    new Promise<number>((resolve, reject) => {
      const worker = new Worker(url, { type: "module" });
      worker.onmessage = ({ data }) => (worker.terminate(), resolve(data));
      worker.onerror = (event) => (event.preventDefault(), worker.terminate(), reject(new Error(event.message)));
      worker.postMessage(factor);
    })
  ));
  assert.deepEqual(answers, [10, 20, 30]);
  const program = compile(({ x }) => ({ y: tf.sum(x) }), { x: { dtype: "float32", shape: [4] } });
  const { y } = await program.run({ x: { dtype: "float32", shape: [4], data: Float32Array.of(1, 2, 3, 4) } });
  assert.equal(y.data[0], 10);
  await program.dispose();
});
