/** @file The table's stage: golden files in every format, and what it refuses. */
import assert from "node:assert/strict";
import * as report from "engram/stages/report/mod.ts";
import { metrics, run } from "./made.ts";
import { smallParams, smallTable } from "./small_table.ts";

for (const extension of ["md", "csv", "tex"]) {
  Deno.test(`table() writes the reviewed ${extension} of a small table`, async () => {
    const golden = await Deno.readTextFile(new URL(`golden/small_table.${extension}.txt`, import.meta.url));
    const { files } = await run(report.table, smallTable, smallParams);
    assert.equal(files[extension], golden);
  });
}

Deno.test("table() shows Markdown first, for terminals", async () => {
  const { extensions } = await run(report.table, smallTable, smallParams);
  assert.deepEqual(extensions, ["md", "csv", "tex"]);
});

Deno.test("table() does not depend on the order in which inputs are wired", async () => {
  const reversed = Object.fromEntries(Object.entries(smallTable).reverse());
  assert.deepEqual(await run(report.table, reversed, smallParams), await run(report.table, smallTable, smallParams));
});

Deno.test("table() orders attacks by their place in the list, the tenth after the ninth", async () => {
  const attacks = Array.from({ length: 11 }, (_, i) => [
    `sgd/attacks/${i}`,
    metrics({ measure: `attack ${i}`, metric: "balanced accuracy", queries: 1, value: 0.6 }),
  ]);
  const { files } = await run(report.table, Object.fromEntries(attacks));
  const headers = files.md!.split("\n")[0]!.match(/Attack \d+/g);
  assert.deepEqual(headers, Array.from({ length: 11 }, (_, i) => `Attack ${i}`));
});

Deno.test("table() writes lopsided intervals as ranges, throughout", async () => {
  const { files } = await run(report.table, {
    a: metrics({ value: 0.5, low: 0.4, high: 0.52 }),
    b: metrics({ value: 0.7, low: 0.6, high: 0.8 }),
  }, { decimals: 1 });
  assert.match(files.md!, /\| +50\.0 \[40\.0, 52\.0\] \|/);
  assert.match(files.md!, /\*\*70\.0 \[60\.0, 80\.0\]\*\*/);
  assert.match(files.md!, /mean over 4 models \[its 95 % interval\] over models/);
});

Deno.test("table() says that a single model has no interval", async () => {
  const { files } = await run(report.table, { a: metrics({ value: 0.5, n: 1 }), b: metrics({ value: NaN, n: 1 }) });
  assert.match(files.md!, /\| +50\.00 \|/);
  assert.match(files.md!, /\| +– \|/);
  assert.match(files.md!, /of a single model: there are no intervals/);
  assert.doesNotMatch(files.md!, /NaN|±|Bold/);
});

Deno.test("table() names the metric of attacks in headers where there are several, with chance levels", async () => {
  const attack = { measure: "LiRA", queries: 2, threat: "64 shadow models" };
  const { files } = await run(report.table, {
    sgd: metrics(
      { ...attack, metric: "tpr@fpr=0.001", value: 0.02 },
      { ...attack, metric: "auc", value: 0.6 },
      { ...attack, metric: "advantage", value: 0.2 },
    ),
  }, { metrics: ["auc", "tpr@fpr=0.001", "advantage"] });
  assert.match(files.md!, /LiRA, auc, 2 queries ↓ \| LiRA, tpr@fpr=0\.001, 2 queries ↓/);
  assert.match(files.md!, /auc \(guessing: 50 %\), tpr@fpr=0\.001 \(guessing: 0\.1 %\), advantage \(guessing: 0 %\)/);
});

Deno.test("table() keeps attacks apart that differ in query count or threat model", async () => {
  const attack = { measure: "augmentation attack", metric: "balanced accuracy", value: 0.6 };
  const { files } = await run(report.table, {
    "sgd/0": metrics({ ...attack, queries: 19, threat: "a" }),
    "sgd/1": metrics({ ...attack, queries: 5, threat: "a" }),
    "sgd/2": metrics({ ...attack, queries: 5, threat: "b" }),
  });
  const headers = files.md!.split("\n")[0]!.split("|").map((cell) => cell.trim());
  assert.deepEqual(headers.slice(2, -1), [
    "Augmentation attack, 5 queries ↓",
    "Augmentation attack, 5 queries ↓",
    "Augmentation attack, 19 queries ↓",
  ]);
});

Deno.test("table() counts one number from two inputs once, and refuses two", async () => {
  const half = metrics({ value: 0.5, low: 0.4, high: 0.6 });
  const same = await run(report.table, { "a/x": half, "a/y": half });
  assert.match(same.files.md!, /50\.00 ± 10\.00/);
  const other = metrics({ value: 0.51, low: 0.4, high: 0.6 });
  await assert.rejects(
    run(report.table, { "a/x": half, "a/y": other }),
    /RangeError: Cannot tell apart two numbers .* group "a": input "x" says 0.5, input "y" says 0.51; give/,
  );
});

Deno.test("table() refuses groups, slices and metrics that nothing measures, and names the nearest", async () => {
  await assert.rejects(
    run(report.table, smallTable, { groups: ["sgdd"] }),
    /RangeError: Cannot report on group "sgdd", it has no metrics: did you mean "sgd"\?/,
  );
  await assert.rejects(
    run(report.table, smallTable, { metrics: ["test acuracy"] }),
    /RangeError: Cannot make a table of metric "test acuracy": did you mean "test accuracy"\?/,
  );
  await assert.rejects(
    run(report.table, smallTable, { slice: "bucket 1" }),
    /RangeError: Cannot make a table of slice "bucket 1": Known: "all"/,
  );
});

Deno.test("table() logs a wanted metric that was not measured", async () => {
  const { log } = await run(report.table, smallTable, { metrics: ["test accuracy", "acu"] });
  assert.equal(log.length, 1);
  assert.match(log[0]!, /^No column for "acu": it was not measured; known: auc, balanced accuracy/);
});
