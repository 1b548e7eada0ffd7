/** @file Whole runs of stages that depend on what no key can see: they fail by name and nothing is stored for them. */
import assert from "node:assert/strict";
import { Store } from "../../cache/mod.ts";
import { Project } from "./_support.ts";

const SCALED = "value: parts.value.map((value) => by * value)";

Deno.test("run() stops a stage that reads the clock, says where and what to do, and keeps what is pure", async () => {
  await using project = await Project.create();
  await project.edit("counting.ts", SCALED, "value: parts.value.map((value) => by * value + Date.now())");
  const { code, report } = await project.command("run");
  assert.equal(code, 1);
  assert.match(
    report.error!.message,
    /Stage "scale" reads the clock with "Date\.now" \(\S*counting\.ts:\d+\), which no cache key can see: take the time/,
  );
  assert.deepEqual(report.nodes.filter(({ status }) => status === "ran").map(({ id }) => id), ["count", "split"]);
});

Deno.test("run() and plan() refuse a stage whose helper imports node:fs, before anything runs", async () => {
  await using project = await Project.create();
  await project.edit("helper.ts", "return 2 * x;", 'return readFileSync("deno.json").length * x;');
  await project.edit("helper.ts", "/** Twice", 'import { readFileSync } from "node:fs";\n/** Twice');
  for (const verb of ["plan", "run"] as const) {
    const { code, report } = await project.command(verb);
    assert.equal(code, 2);
    assert.match(report.error!.message, /Stage "sum" uses files with "node:fs readFileSync" \(\S*helper\.ts\)/);
  }
});

Deno.test("run() refuses a module that reads the environment when it is loaded", async () => {
  await using project = await Project.create();
  await project.edit("helper.ts", "/** Twice", 'const factor = Number(Deno.env.get("FACTOR") ?? 2);\n/** Twice');
  await project.edit("helper.ts", "return 2 * x;", "return factor * x;");
  const { code, report } = await project.command("run");
  assert.equal(code, 2);
  assert.match(
    report.error!.message,
    /Loading "\S*counting\.ts" reads the environment with "Deno\.env" \(\S*helper\.ts:\d+\)/,
  );
});

Deno.test("run() records why a stage may use what no key can see", async () => {
  await using project = await Project.create();
  await project.edit("counting.ts", SCALED, "value: parts.value.map((value) => by * value + 0 * Date.now())");
  await project.edit("counting.ts", 'over: "parts",', 'over: "parts",\n  outside: "a test: times zero",');
  const { code, report } = await project.command("run");
  assert.equal(code, 0, report.error?.message);
  const store = await Store.open(project.cache);
  const manifests = await Promise.all(report.nodes.map(async ({ key }) => (await store.findRecord(key!))!.manifest));
  const reasons = (manifests as { stage: string; outside?: string }[]).map(({ stage, outside }) => [stage, outside]);
  assert.deepEqual(reasons.filter(([stage]) => stage === "scale")[0], ["scale", "a test: times zero"]);
  assert.ok(reasons.every(([stage, outside]) => stage === "scale" || outside === undefined));
  await store.close();
});
