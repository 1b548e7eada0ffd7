/** @file Trained models do not depend on how many branches run at once, nor on the order in which they run. */
import assert from "node:assert/strict";
import { run } from "../../executor/mod.ts";
import { temporaryFolder } from "../temporary.ts";

const request = { pipeline: new URL("fixtures/exported.ts", import.meta.url).href, check: false };

/** What each node made, by runs one after the other on one fresh cache. */
async function madeBy(jobs: number, parts: readonly (string | undefined)[]): Promise<Record<string, string>> {
  const folder = await temporaryFolder();
  const made: Record<string, string> = {};
  for (const only of parts) {
    const options = { cache: `${folder}/cache`, data: folder, out: `${folder}/out`, device: "cpu", jobs, only };
    const { nodes, counts, error } = await run(request, options);
    assert.equal(counts.failed, 0, error?.message);
    for (const { id, digest } of nodes) if (digest !== null) made[id] = digest;
  }
  return made;
}

Deno.test("run() makes the same models and predictions with one job and with two, and whatever runs first", async () => {
  const expected = await madeBy(1, [undefined]);
  assert.deepEqual(Object.keys(expected).filter((id) => id.endsWith("/train")).sort(), ["cnn/train", "mlp/train"]);
  assert.deepEqual(await madeBy(2, ["cnn/predict", undefined]), expected);
});
