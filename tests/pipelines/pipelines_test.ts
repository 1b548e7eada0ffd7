/** @file Every pipeline of the library: its presets, its graph, and that nothing has to be downloaded to plan it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AnyPipeline, isPipeline, resolveParams } from "../../dsl/mod.ts";
import { plan } from "../../executor/mod.ts";

const folder = fileURLToPath(new URL("../../pipelines/", import.meta.url));
const library = new URL("../../mod.ts", import.meta.url).href;
// What pipelines share stands in a folder beside them.
const files = [...Deno.readDirSync(folder)].filter((entry) => entry.isFile).map(({ name }) => name).sort();

for (const name of files.filter((file) => file.endsWith(".ts"))) {
  Deno.test(`${name} exports a pipeline with the presets tiny, default and paper, and says where it comes from`, async () => {
    const { default: pipeline } = await import(join(folder, name)) as { default: AnyPipeline };
    assert.ok(isPipeline(pipeline));
    assert.ok(pipeline.source);
    for (const preset of ["tiny", "default", "paper"]) assert.ok(resolveParams(pipeline, { preset }));
  });
}

for (const name of files) {
  Deno.test(`plan() of ${name} counts every node as to be run on an empty store`, async () => {
    const cache = await Deno.makeTempDir();
    const options = { cache, data: join(cache, "none") };
    const report = await plan({ pipeline: join(folder, name), library, check: false }, options);
    assert.ok(report.nodes.length > 5);
    assert.equal(report.counts.ran, report.nodes.length);
    await Deno.remove(cache, { recursive: true });
  });
}
