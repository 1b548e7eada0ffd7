/** @file explain() and log(): the leaf behind a rerun, and the runs there were. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Explanation, RunRecord } from "../../executor/mod.ts";
import { Project } from "./_support.ts";

async function explain(project: Project, node: string, args: readonly string[] = []): Promise<Explanation> {
  return await verb(project, ["explain", join(project.folder, "counting.ts"), node, ...args]) as Explanation;
}

async function verb(project: Project, args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "cli/main.ts", ...args, "--cache", project.cache, "--json"],
    stdout: "piped",
    stderr: "piped",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("explain names the parameter, through the inputs that depend on it", async () => {
  await using project = await Project.create();
  await project.command("run");
  const explanation = await explain(project, "two/sum", ["--set", "scales.two.by=3"]);
  assert.equal(explanation.status, "depends");
  const [scale] = explanation.upstream;
  assert.deepEqual(scale!.differences, [{ kind: "parameter", what: "by", before: "2", now: "3" }]);
  assert.deepEqual(scale!.reasons, ["parameter by: 2 -> 3"]);
});

Deno.test("explain names the file and function that changed", async () => {
  await using project = await Project.create();
  await project.command("run");
  await project.edit("helper.ts", "2 * x", "3 * x");
  const explanation = await explain(project, "one/sum");
  assert.equal(explanation.status, "run");
  assert.equal(explanation.differences.length, 1);
  assert.match(explanation.reasons[0]!, /^code of .*helper\.ts double changed$/);
});

Deno.test("explain names the upstream node whose output changed, and what changed in it", async () => {
  await using project = await Project.create();
  await project.command("run");
  const changed = ["--set", "scales.two.by=3"];
  await project.command("run", [...changed, "--only", "two/scale"]);
  const explanation = await explain(project, "two/sum", changed);
  assert.deepEqual(explanation.reasons, ["input parts changed (two/scale)"]);
  assert.deepEqual(explanation.upstream[0]!.reasons, ["parameter by: 2 -> 3"]);
});

Deno.test("explain compares with the closest earlier result, under whatever name", async () => {
  await using project = await Project.create();
  await project.command("run");
  await project.command("run", ["--set", "scales.two.by=3"]);
  const explanation = await explain(project, "three/scale", ["--set", "scales.three={by: 2, sleep: 1}"]);
  assert.equal(explanation.against!.node, "two/scale");
  assert.deepEqual(explanation.reasons, ["parameter sleep: 0 -> 1"]);
});

Deno.test("explain says of a cached node when it was computed", async () => {
  await using project = await Project.create();
  await project.command("run");
  const { status, computed, differences } = await explain(project, "print");
  assert.equal(status, "cached");
  assert.ok(Date.now() - Date.parse(computed!.when) < 60_000 && computed!.seconds >= 0);
  assert.deepEqual(differences, []);
});

Deno.test("log lists runs, newest first, with what was asked and what happened", async () => {
  await using project = await Project.create();
  await project.command("run");
  const second = await project.command("run", ["--set", "n=5"]);
  const runs = await verb(project, ["log"]) as RunRecord[];
  assert.deepEqual(runs.map(({ params }) => params.n), [5, 4]);
  assert.deepEqual(runs[0]!.report.counts, second.report.counts);
  assert.match(runs[0]!.request.pipeline, /counting\.ts$/);
});
