/** @file The whole way, from data to table, on a set whose truth is known; and what an ablation of it reruns. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Value } from "../../dsl/mod.ts";
import { type Report, run, type RunOptions, show } from "../../executor/mod.ts";
import type { Dataset, Scores } from "../../stages/artifacts/mod.ts";
import { parseGroup } from "../../stages/load/mod.ts";

const pipeline = fileURLToPath(new URL("./fixtures/long_tail.ts", import.meta.url));

function nodes(report: Report, status: string): string[] {
  return report.nodes.filter((node) => node.status === status).map(({ id }) => id);
}

/** Mean memorization of the training examples whose subpopulation has between `low` and `high` members. */
async function meanMemorization(options: RunOptions, low: number, high: number): Promise<{ mean: number; n: number }> {
  const data = await (await show({ pipeline }, options, "long-tail")).items.at(0) as unknown as Value<typeof Dataset>;
  const scores = await (await show({ pipeline }, options, "memorization")).items.at(0) as unknown as Value<
    typeof Scores
  >;
  const sizes = new Map<number, number>();
  data.id.forEach((id, i) => sizes.set(id, parseGroup(data.group[i]!).count));
  const chosen = [...scores.value].filter((value, i) => {
    const size = sizes.get(scores.example[i]!)!;
    return low <= size && size <= high && !Number.isNaN(value);
  });
  return { mean: chosen.reduce((sum, value) => sum + value, 0) / chosen.length, n: chosen.length };
}

Deno.test("table 1's protocol finds planted rare examples memorized, and reruns only what an ablation reaches", async (t) => {
  const folder = await Deno.makeTempDir();
  const options = { cache: join(folder, "cache"), out: join(folder, "out"), data: join(folder, "data"), jobs: 2 };
  try {
    await t.step("run() trains four zoos and writes the table and the figure", async () => {
      const report = await run({ pipeline }, options);
      assert.equal(report.error, undefined, report.error?.message);
      assert.equal(report.counts.failed, 0);
      assert.deepEqual(report.nodes.find(({ id }) => id === "sam/train")!.branches.ran, 8);
      const written = report.outputs.table!.files.map((file) => file.replace(/^.*[/\\]/, ""));
      assert.deepEqual(written, ["long-tail.md", "long-tail.csv", "long-tail.tex"]);
      assert.match(await Deno.readTextFile(report.outputs.figure!.files[0]!), /^<svg[\s\S]*<\/svg>\s*$/);
    });
    await t.step("memorization() is high for rare examples and low for common ones", async () => {
      const rare = await meanMemorization(options, 1, 1);
      const common = await meanMemorization(options, 20, Infinity);
      assert.ok(rare.n >= 30 && common.n >= 60, `${rare.n} rare and ${common.n} common examples`);
      assert.ok(rare.mean > 0.4, `rare: ${rare.mean}`);
      assert.ok(common.mean < 0.1, `common: ${common.mean}`);
    });
    await t.step("run() again computes nothing", async () => {
      const report = await run({ pipeline }, options);
      assert.deepEqual(nodes(report, "ran"), []);
    });
    await t.step("run() with another rho of SAM reruns SAM's branch and what joins it, and back nothing", async () => {
      const overrides = [{ optimizers: { sam: { rho: 0.1 } } }];
      const report = await run({ pipeline, overrides }, options);
      const ran = nodes(report, "ran");
      assert.ok(ran.includes("sam/train"));
      assert.deepEqual(ran.filter((id) => !id.startsWith("sam/")), ["table", "bucket-figure"]);
      assert.deepEqual(nodes(await run({ pipeline }, options), "ran"), []);
    });
    await t.step("run() in this thread gives the digests that workers gave", async () => {
      const parallel = await run({ pipeline }, options);
      const alone = await run({
        pipeline,
        overrides: [{ members: 2, optimizers: { sam: null, swa: null, sharpReg: null } }],
      }, {
        ...options,
        cache: join(folder, "alone"),
        jobs: 0,
      });
      const both = await run({
        pipeline,
        overrides: [{ members: 2, optimizers: { sam: null, swa: null, sharpReg: null } }],
      }, {
        ...options,
        cache: join(folder, "both"),
      });
      assert.equal(parallel.counts.failed, 0);
      assert.deepEqual(alone.nodes.map(({ digest }) => digest), both.nodes.map(({ digest }) => digest));
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
