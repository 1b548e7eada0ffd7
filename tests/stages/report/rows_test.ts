/** @file Reports are called with the nested result of each(), and the compiler checks what is in it. */
import assert from "node:assert/strict";
import { artifact, column, each, many, Node, stage } from "engram/dsl/mod.ts";
import { Metrics } from "engram/stages/artifacts/mod.ts";
import * as report from "engram/stages/report/mod.ts";
import { z } from "zod";
import { metrics } from "./made.ts";

const Other = artifact("Other", "One row a number", { value: column.float64() });
const measure = stage({
  name: "measure",
  doc: "Makes metrics",
  inputs: {},
  params: z.object({ n: z.int().default(0) }),
  output: Metrics,
  run: () => metrics(),
});
const others = stage({
  name: "others",
  doc: "Makes something else",
  inputs: {},
  params: z.object({}),
  output: Other,
  run: () => ({ value: new Float64Array() }),
});
const several = stage({
  name: "several",
  doc: "Makes several",
  inputs: {},
  params: z.object({}),
  output: many(Metrics),
  run: () => [metrics()],
});

function rowsOf(optimizers: Record<string, number>) {
  return each(optimizers, (n) => ({
    accuracy: measure({ n }),
    attacks: [measure({ n: n + 1 }), measure({ n: n + 2 })],
    nested: { deep: [{ deeper: measure({ n: n + 3 }) }] },
  }));
}

Deno.test("table() wires the nested result of each() under flat names that begin with the group", () => {
  const node = report.table(rowsOf({ sgd: 0, sam: 10 }));
  assert.ok(node instanceof Node && node.type.name === "Table" && node.arity === "one");
  const wired = node.inputs.metrics as Record<string, Node>;
  assert.deepEqual(Object.keys(wired), [
    "sgd/accuracy",
    "sgd/attacks/0",
    "sgd/attacks/1",
    "sgd/nested/deep/0/deeper",
    "sam/accuracy",
    "sam/attacks/0",
    "sam/attacks/1",
    "sam/nested/deep/0/deeper",
  ]);
  assert.equal(wired["sam/attacks/1"]!.params.n, 12);
});

Deno.test("table() and accuracyByBucket() keep the order of groups as a parameter, unless one is given", () => {
  const rows = rowsOf({ sgd: 0, sam: 10 });
  assert.deepEqual(report.table(rows).params.groups, ["sgd", "sam"]);
  assert.deepEqual(report.accuracyByBucket(rows).params.groups, ["sgd", "sam"]);
  assert.deepEqual(report.table(rows, { groups: ["sam"] }).params.groups, ["sam"]);
});

Deno.test("table() and accuracyByBucket() carry their definition and parameters, for YAML", () => {
  for (const joined of [report.table, report.accuracyByBucket]) {
    assert.deepEqual(Object.keys(joined.definition.inputs), ["metrics"]);
    assert.equal(joined.params, joined.definition.params);
    assert.ok(joined.definition.modules.some((url) => url.includes("/stages/report/")));
  }
});

Deno.test("table() takes one node a group", () => {
  assert.deepEqual(Object.keys(report.table({ sgd: measure() }).inputs.metrics!), ["sgd"]);
});

Deno.test("table() refuses other artifacts and collections, when compiling and when called", () => {
  // @ts-expect-error: Other is not Metrics
  assert.throws(() => report.table({ sgd: others() }), /Cannot wire one Other \(from "others"\)/);
  // @ts-expect-error: nor is it deep inside
  assert.throws(() => report.table({ sgd: { a: [measure(), others()] } }), /input "metrics.sgd\/a\/1"/);
  // @ts-expect-error: a collection is not one
  assert.throws(() => report.table({ sgd: several() }), /Cannot wire a collection of Metrics/);
  const numbers = { sgd: { a: 1 } };
  // @ts-expect-error: a number is no node
  assert.throws(() => report.table(numbers), /TypeError: Cannot report on "sgd\/a", a value of type "number"/);
  // @ts-expect-error: unknown parameter
  assert.throws(() => report.table({ sgd: measure() }, { decimal: 1 }), /did you mean "decimals"/);
});

Deno.test("flatten() refuses no metrics at all, and names that would not come apart again", () => {
  assert.throws(() => report.table({}), /RangeError: Cannot report on no metrics/);
  assert.throws(() => report.flatten({ sgd: { "a/b": measure() } }), /RangeError: Cannot report on "a\/b" in "sgd"/);
});
