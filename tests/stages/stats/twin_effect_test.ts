/** @file The effect of twins, and confidences, on zoos made by hand. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import type { Dataset, Masks, Metrics, Predictions, Strata } from "../../../stages/artifacts/mod.ts";
import { byGroup } from "../../../stages/bucket/mod.ts";
import { toy2d, toyGrid } from "../../../stages/load/mod.ts";
import { confidence, twinEffect } from "../../../stages/stats/mod.ts";
import { items, runStage } from "../_support.ts";

const few = { train: 20, test: 20, twins: 4, atypicalFraction: 0.2 };

/** A zoo whose models are right about what they were trained on, about twins of it, and about nothing else. */
async function memorizers() {
  const data = await runStage<Value<typeof Dataset>>(toy2d, {}, few);
  const members = [[0, 1], [1, 2, 3], [0, 1, 2, 3]];
  const train = 20;
  const masks = members.map((rows): Value<typeof Masks> => ({
    example: data.id.slice(0, train),
    member: Uint8Array.from({ length: train }, (_, row) => Number(rows.includes(row) || (row > 9 && row % 2 === 0))),
  }));
  const logits = masks.map(({ member }): Value<typeof Predictions> => {
    const right = Array.from(data.id, (_, row) => member[row < train ? row : row - train] === 1 && row < train + 4);
    return {
      example: data.id,
      logits: {
        data: Float32Array.from(
          right.flatMap((ok, row) => [0, 1].map((k) => Number((k === data.y[row]) === ok) * (2 + row % 3))),
        ),
        shape: [data.id.length, 1, 2],
      },
    };
  });
  return { data, masks: items(masks), logits: items(logits) };
}

function valueOf(metrics: Value<typeof Metrics>, metric: string, model: number, measure = metrics.measure[0]!): number {
  const at = [...metrics.value.keys()].find((i) =>
    metrics.metric[i] === metric && metrics.model[i] === model && metrics.measure[i] === measure
  );
  return at === undefined ? NaN : metrics.value[at]!;
}

Deno.test("twinEffect() is 1 for models that are right about twins of what they were trained on only", async () => {
  const metrics = await runStage<Value<typeof Metrics>>(twinEffect, await memorizers());
  for (const model of [-1, 0, 1]) assert.equal(valueOf(metrics, "effect", model), 1);
  assert.equal(valueOf(metrics, "never seen", 0), 0);
  assert.ok(Number.isNaN(valueOf(metrics, "without twin", 2)), "a model that has every twin has no effect");
});

Deno.test("twinEffect() refuses a data set without twins", async () => {
  const { data, ...zoo } = await memorizers();
  const plain = { ...data, group: data.group.map(() => "") };
  await assert.rejects(runStage(twinEffect, { ...zoo, data: plain }), /Cannot find twins/);
  await assert.rejects(runStage(byGroup, { data: plain }), /names none/);
});

Deno.test("byGroup() puts each example of the toy into the stratum of its subpopulation", async () => {
  const { data } = await memorizers();
  const strata = await runStage<Value<typeof Strata>>(byGroup, { data });
  assert.deepEqual(strata.stratum, [...data.group]);
});

Deno.test("confidence() has perfect AUC for memorizers, and the variance of what they say of others", async () => {
  const metrics = await runStage<Value<typeof Metrics>>(confidence, await memorizers());
  for (const measure of ["confidence", "logit confidence"]) {
    assert.equal(valueOf(metrics, "auc", -1, measure), 1);
    assert.ok(valueOf(metrics, "predicted auc", -1, measure) > 0.99);
    assert.ok(valueOf(metrics, "member mean", -1, measure) > valueOf(metrics, "non-member mean", -1, measure));
  }
  // Of two classes, logit confidence is the logits' difference: -2, -3 or -4 of a non-member.
  const variance = valueOf(metrics, "non-member variance", 0, "logit confidence");
  assert.ok(variance > 0.3 && variance < 1.1, String(variance));
});

Deno.test("toyGrid() covers the plane evenly, further coordinates at 0", async () => {
  const grid = await runStage<Value<typeof Dataset>>(toyGrid, {}, { resolution: 4, dimension: 3, separation: 4 });
  assert.deepEqual(grid.x.shape, [16, 1, 3, 1]);
  const first = [...grid.x.data].filter((_, i) => i % 3 === 0).slice(0, 4);
  assert.deepEqual(first, [...first].sort((a, b) => a - b));
  assert.equal(new Set([...grid.x.data].filter((_, i) => i % 3 === 2)).size, 1);
});
