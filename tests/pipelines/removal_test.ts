/** @file Removing memorized examples, and wrong labels, on a set whose truth is known, from data to numbers. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Value } from "../../dsl/mod.ts";
import { run, type RunOptions, show } from "../../executor/mod.ts";
import type { Metrics } from "../../stages/artifacts/mod.ts";
import { parseGroup } from "../../stages/load/mod.ts";

const pipeline = fileURLToPath(new URL("./fixtures/removal.ts", import.meta.url));

type Measured = Value<typeof Metrics>;

/** Mean test accuracy over the subpopulations of some size. */
function accuracyOf(m: Measured, wanted: (count: number) => boolean): number {
  const rows = [...m.value.keys()].filter((i) =>
    m.model[i] === -1 && m.metric[i] === "test accuracy" && m.slice[i] !== "all" &&
    wanted(parseGroup(m.slice[i]!).count)
  );
  return rows.reduce((sum, i) => sum + m.value[i]!, 0) / rows.length;
}

Deno.test("without the most memorized examples their planted twins are guessed, and wrong labels are memorized", async () => {
  const folder = await Deno.makeTempDir();
  const options: RunOptions = { cache: join(folder, "cache"), out: join(folder, "out"), data: folder, jobs: 2 };
  try {
    const report = await run({ pipeline }, options);
    assert.equal(report.error, undefined, report.error?.message);
    const output = async (name: string) =>
      await (await show({ pipeline }, options, name)).items.at(0) as unknown as Measured;
    const [memorized, random] = [await output("memorized/by-stratum"), await output("random/by-stratum")];
    const single = (count: number) => count === 1;
    // Half of the models have a singleton and get its twin right; the others guess among four classes.
    const [without, control] = [accuracyOf(memorized, single), accuracyOf(random, single)];
    assert.ok(without < 0.4, `without the memorized: ${without}`);
    assert.ok(control > 0.5, `without random ones: ${control}`);
    const large = (count: number) => count >= 10;
    assert.ok(accuracyOf(memorized, large) > 0.9, "common test examples do not need them");

    const noise = await output("noise/by-stratum");
    const of = (metric: string, slice: string) =>
      noise.value[
        [...noise.value.keys()].find((i) =>
          noise.model[i] === -1 && noise.metric[i] === metric && noise.slice[i] === slice
        )!
      ]!;
    assert.ok(of("memorization", "noisy") > of("memorization", "clean typical") + 0.4, "wrong labels are memorized");
    assert.ok(of("non-member accuracy", "noisy") < 0.25, "nobody predicts a wrong label without it");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
