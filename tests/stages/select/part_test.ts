/** @file select.part and select.split: parts are disjoint, complete and as large as they should be. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Node, Value } from "../../../dsl/mod.ts";
import type { Dataset } from "../../../stages/artifacts/mod.ts";
import * as load from "../../../stages/load/mod.ts";
import * as select from "../../../stages/select/mod.ts";
import { runStage } from "../_support.ts";
import { labelled, trainIds } from "./_support.ts";

type Data = Value<typeof Dataset>;

function take(data: Data, params: Record<string, unknown>): Promise<Data> {
  return runStage<Data>(select.part, { data }, params);
}

Deno.test("select.part() shares out every example once, each class by its fractions", async () => {
  const labels = fc.array(fc.nat(2), { minLength: 30, maxLength: 90 });
  await fc.assert(
    fc.asyncProperty(
      labels,
      fc.integer({ min: 1, max: 8 }),
      fc.nat(9),
      fc.boolean(),
      async (y, tenths, seed, stratified) => {
        const data = labelled(y, [0, 1]);
        const parts = { a: tenths / 10, b: 0.1, c: (9 - tenths) / 10 };
        const taken = await Promise.all(
          Object.keys(parts).map((part) => take(data, { parts, part, stratified, seed })),
        );
        assert.deepEqual(taken.flatMap(trainIds).sort(), trainIds(data));
        for (const [p, fraction] of Object.values(parts).entries()) {
          for (const label of stratified ? [0, 1, 2] : []) {
            const all = y.filter((other) => other === label).length;
            const own = taken[p]!.y.slice(0, -2).filter((other) => other === label).length;
            assert.ok(Math.abs(own - fraction * all) <= 1, `${own} of ${all} at ${fraction}`);
          }
          assert.deepEqual([...taken[p]!.id.slice(-2)], [...data.id.slice(-2)]);
        }
      },
    ),
    // A part of few examples can be empty, which is refused.
    { numRuns: 50 },
  );
});

Deno.test("select.part() leaves out what no fraction asks for, and differs by seed", async () => {
  const data = labelled(Array.from({ length: 40 }, (_, i) => i % 2));
  const parts = { source: 0.25, target: 0.5 };
  const [source, target] = [await take(data, { parts, part: "source" }), await take(data, { parts, part: "target" })];
  assert.deepEqual([trainIds(source).length, trainIds(target).length], [10, 20]);
  assert.ok(trainIds(source).every((id) => !trainIds(target).includes(id)));
  assert.notDeepEqual(trainIds(await take(data, { parts, part: "source", seed: 1 })), trainIds(source));
});

Deno.test("select.split() is one select.part() for each part", () => {
  const data: Node<typeof Dataset, "one"> = load.longTail({});
  const { target, source } = select.split({ data }, { parts: { target: 0.5, source: 0.5 }, seed: 3 });
  assert.deepEqual(target.params, { parts: { target: 0.5, source: 0.5 }, part: "target", stratified: true, seed: 3 });
  assert.equal(source.params.part, "source");
  assert.equal(source.inputs.data, data);
});

Deno.test("select.part() refuses unknown parts, fractions above 1 together, and empty parts", async () => {
  const parse = (params: unknown) => select.part.params.parse(params);
  assert.throws(() => parse({ parts: { public: 0.5, private: 0.5 }, part: "privat" }), /no part .*privat.*private/);
  assert.throws(() => parse({ parts: { a: 0.6, b: 0.6 }, part: "a" }), /add up to 1.2/);
  await assert.rejects(
    take(labelled([0, 1]), { parts: { a: 0.01, b: 0.9 }, part: "a" }),
    /^RangeError: Cannot take part "a", 0.01 of 2 training examples by class: it is empty; give it a larger fraction$/,
  );
});
