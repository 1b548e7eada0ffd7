/** @file The scatter figure: points of groups with both intervals, points of models, and what it refuses. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import type { Figure, Metrics } from "../../../stages/artifacts/mod.ts";
import { scatter } from "../../../stages/report/mod.ts";
import { ModelMetrics } from "../../../stages/stats/model_metrics.ts";
import { runStage } from "../_support.ts";

function zoo(accuracy: readonly number[], auc: readonly number[]): Value<typeof Metrics> {
  const metrics = new ModelMetrics([0, 1]);
  accuracy.forEach((v, model) => metrics.add({ measure: "accuracy", metric: "test accuracy" }, model, v, 9));
  auc.forEach((v, model) => metrics.add({ measure: "LiRA online, global variance", metric: "auc" }, model, v, 9));
  return metrics.table();
}

const metrics = { "sgd/all": zoo([0.5, 0.6], [0.7, 0.7]), "sam/all": zoo([0.6, 0.6], [0.8, 0.9]) };
const axes = { x: { metric: "test accuracy" }, y: { measure: "LiRA online", metric: "auc" } };

function pointsIn(figure: Value<typeof Figure>): Record<string, unknown>[] {
  const spec = JSON.parse(figure.content[figure.extension.indexOf("vl.json")]!) as {
    data: { values: Record<string, unknown>[] };
  };
  return spec.data.values;
}

Deno.test("report.scatter() draws a point a group with the intervals of both numbers", async () => {
  const figure = await runStage<Value<typeof Figure>>(scatter, { metrics }, {
    ...axes,
    percent: true,
    groups: ["sgd", "sam"],
    labels: { sgd: "SGD" },
  });
  const [sgd, sam] = pointsIn(figure);
  assert.equal(sgd!.name, "SGD");
  assert.ok(Math.abs(sgd!.x as number - 55) < 1e-9 && Math.abs(sam!.y as number - 85) < 1e-9);
  // Student's t of one degree is wide: the interval ends where accuracies do.
  assert.deepEqual([sgd!.xLow, sgd!.xHigh], [0, 100]);
  assert.match(figure.content[0]!, />SGD<\/text>/);
});

Deno.test("report.scatter() draws a point a model in the colour of its group", async () => {
  const figure = await runStage<Value<typeof Figure>>(scatter, { metrics }, { ...axes, points: "models" });
  assert.deepEqual(pointsIn(figure).map(({ family, x, y }) => [family, x, y]), [
    ["sam", 0.6, 0.8],
    ["sam", 0.6, 0.9],
    ["sgd", 0.5, 0.7],
    ["sgd", 0.6, 0.7],
  ]);
});

Deno.test("report.scatter() refuses numbers that nobody has", async () => {
  const wrong = { ...axes, y: { measure: "RMIA", metric: "auc" } };
  await assert.rejects(async () => await runStage(scatter, { metrics }, wrong), /no group has both numbers/);
});
