/** @file Scores of single examples from data to figure, on a set whose rare examples are known; and what a larger zoo reruns. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Value } from "../../dsl/mod.ts";
import { run, type RunOptions, show } from "../../executor/mod.ts";
import type { Dataset, Scores } from "../../stages/artifacts/mod.ts";
import { parseGroup } from "../../stages/load/mod.ts";

const pipeline = fileURLToPath(new URL("./fixtures/scores.ts", import.meta.url));

/** Mean score of the training examples whose subpopulation has one, and of those whose has twenty or more. */
async function means(options: RunOptions, node: string, score: string): Promise<{ rare: number; common: number }> {
  const data = await (await show({ pipeline }, options, "long-tail")).items.at(0) as unknown as Value<typeof Dataset>;
  const scores = await (await show({ pipeline }, options, node)).items.at(0) as unknown as Value<typeof Scores>;
  const sizes = new Map(Array.from(data.id, (id, i) => [id, parseGroup(data.group[i]!).count]));
  function mean(wanted: (size: number) => boolean): number {
    const own = [...scores.value].filter((value, i) =>
      scores.score[i] === score && !Number.isNaN(value) && wanted(sizes.get(scores.example[i]!)!)
    );
    assert.ok(own.length > 10, `${own.length} examples`);
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  }
  return { rare: mean((size) => size === 1), common: mean((size) => size >= 20) };
}

Deno.test("scores of a zoo go from data to figures, tell rare examples, and map over models", async (t) => {
  const folder = await Deno.makeTempDir();
  const options = { cache: join(folder, "cache"), out: join(folder, "out"), data: join(folder, "data"), jobs: 2 };
  try {
    await t.step("run() draws the heat map and the curve, and writes the matrix", async () => {
      const report = await run({ pipeline }, options);
      assert.equal(report.error, undefined, report.error?.message);
      const [svg] = report.outputs.map!.files;
      assert.match(await Deno.readTextFile(svg!), /training forgetting events/);
      assert.match(
        await Deno.readTextFile(report.outputs.table!.files[0]!),
        /\| Memorization +\|.* 1\.00 \[1\.00, 1\.00\] \|/,
      );
    });
    await t.step("forgetting() has rare examples learned later, and curvature() is higher at them", async () => {
      const learned = await means(options, "learning", "learned at");
      assert.ok(learned.rare > learned.common + 0.5, `${learned.rare} and ${learned.common}`);
      const bend = await means(options, "member-curvature", "curvature");
      assert.ok(bend.rare > 2 * bend.common, `${bend.rare} and ${bend.common}`);
    });
    await t.step("run() with two more models trains, watches and probes only these", async () => {
      const report = await run({ pipeline, overrides: [{ members: 8 }] }, options);
      for (const id of ["train", "forgetting", "curvature"]) {
        assert.deepEqual(report.nodes.find((node) => node.id === id)!.branches.ran, 2, id);
      }
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
