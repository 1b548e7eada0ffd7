/** @file Heat maps and curves: what their specifications hold, and what they refuse. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import type { Figure, Metrics, Table } from "../../../stages/artifacts/mod.ts";
import { curve, heatMap, matrix } from "../../../stages/report/mod.ts";
import { runStage } from "../_support.ts";

type Row = readonly [measure: string, slice: string, value: number, metric?: string];

function table(rows: readonly Row[]): Value<typeof Metrics> {
  return {
    measure: rows.map(([measure]) => measure),
    metric: rows.map(([, , , metric = "spearman"]) => metric),
    slice: rows.map(([, slice]) => slice),
    model: new Int32Array(rows.length).fill(-1),
    value: Float64Array.from(rows, ([, , value]) => value),
    low: Float64Array.from(rows, ([, , value]) => value - 0.1),
    high: Float64Array.from(rows, ([, , value]) => value + 0.1),
    n: new Uint32Array(rows.length).fill(3),
    queries: new Uint32Array(rows.length),
    threat: rows.map(() => ""),
  };
}

interface Spec {
  readonly data: { readonly values: readonly Record<string, unknown>[] };
}

async function drawn(stage: Parameters<typeof runStage>[0], rows: readonly Row[], params: Record<string, unknown>) {
  const { extension, content } = await runStage<Value<typeof Figure>>(stage, { metrics: { a: table(rows) } }, params);
  assert.deepEqual(extension, ["svg", "vl.json"]);
  return { svg: content[0]!, values: (JSON.parse(content[1]!) as Spec).data.values };
}

const square: readonly Row[] = [["mem", "mem", 1], ["mem", "lira", -0.5], ["lira", "mem", -0.5], ["lira", "lira", NaN]];

Deno.test("heatMap() draws every pair of names with its number and interval, and a dash where there is none", async () => {
  const { svg, values } = await drawn(heatMap, square, { middle: 0, labels: { mem: "Memorization" } });
  assert.deepEqual(values.map(({ row, column }) => `${row}/${column}`), [
    "Memorization/Memorization",
    "Memorization/lira",
    "lira/Memorization",
    "lira/lira",
  ]);
  assert.deepEqual(values.map(({ text }) => text), ["1.00", "−0.50", "−0.50", "–"]);
  assert.match(svg, />\[−0\.60, −0\.40\]</);
});

Deno.test("heatMap() refuses numbers that differ in a name on neither axis", async () => {
  const rows: readonly Row[] = [["mem", "lira", 0.5], ["mem", "lira", 0.6, "pearson"]];
  await assert.rejects(() => drawn(heatMap, rows, {}), /they differ in metric \("spearman", "pearson"\)/);
  assert.equal((await drawn(heatMap, rows, { metrics: ["pearson"] })).values[0]!.value, 0.6);
  await assert.rejects(() => drawn(heatMap, rows, { metrics: ["kendall"] }), /no measurement fits/);
});

Deno.test("curve() reads the place from a name, and draws a line without one as a reference", async () => {
  const rows: readonly Row[] = [["mem", "4 models", 0.5], ["mem", "16 models", 0.7], ["curvature", "all", 0.6]];
  const { svg, values } = await drawn(curve, rows, { lines: "measure", log: true });
  assert.deepEqual(values.map(({ line, x }) => [line, x]), [["mem", 4], ["mem", 16], ["curvature", null]]);
  assert.match(svg, /stroke-dasharray="6,3"/);
  await assert.rejects(
    () => drawn(curve, rows, { lines: "metric", x: "measure" }),
    /Cannot draw 3 numbers of "spearman"/,
  );
});

Deno.test("matrix() is a table of the numbers as they are, with their intervals", async () => {
  const rows: readonly Row[] = [["mem", "4 models", 0.5], ["mem", "8 models", NaN], ["entropy", "4 models", -0.251]];
  const { extension, content } = await runStage<Value<typeof Table>>(matrix, { metrics: { a: table(rows) } }, {
    rows: "slice",
    columns: "measure",
  });
  assert.deepEqual(extension, ["md", "csv", "tex"]);
  assert.match(content[0]!, /\| 4 models \| +0\.50 \[0\.40, 0\.60\] \| −0\.25 \[−0\.35, −0\.15\] \|/);
  assert.match(content[0]!, /\| 8 models \| +– \| +– \|/);
});
