/** @file Inputs that may be left out: what a stage makes of the rest when something it joins could not be made. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { having, Project } from "./_support.ts";

async function lenient(): Promise<Project> {
  const project = await Project.create();
  await project.edit("counting.ts", "rows: named(Numbers)", 'rows: named(Numbers, { unmade: "leave out" })');
  return project;
}

const broken = ["--set", "scales.two.refuse=2"];

Deno.test('run --keep-going runs a stage on what could be made, if its input says unmade: "leave out"', async () => {
  await using project = await lenient();
  const { code, report, stderr } = await project.command("run", ["--keep-going", ...broken]);
  assert.equal(code, 1);
  assert.ok(having(report, "ran").includes("print"));
  assert.match(stderr, /without what could not be made: two\/sum/);
  const text = await Deno.readTextFile(join(project.folder, "out", "counting.txt"));
  assert.match(text, /^one 6\n\nMade by pipeline counting/);
});

Deno.test("run() takes an incomplete result for no complete one, and finds it again when the same is missing", async () => {
  await using project = await lenient();
  const first = await project.command("run", ["--keep-going", ...broken]);
  const again = await project.command("run", ["--keep-going", ...broken]);
  assert.ok(having(again.report, "cached").includes("print"));
  const whole = await project.command("run");
  assert.equal(whole.code, 0);
  assert.ok(having(whole.report, "ran").includes("print"));
  assert.notEqual(whole.report.outputs.table!.digest, first.report.outputs.table!.digest);
});

Deno.test("run() without --keep-going skips such a stage after a failure", async () => {
  await using project = await lenient();
  const { report } = await project.command("run", broken);
  assert.ok(having(report, "skipped").includes("print"));
});
