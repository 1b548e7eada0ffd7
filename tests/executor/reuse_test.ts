/** @file What is reused and what reruns when code, parameters, names and files change. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { digests, having, Project } from "./_support.ts";

Deno.test("run() a second time computes nothing and gives the same digests", async () => {
  await using project = await Project.create();
  const first = await project.command("run");
  const second = await project.command("run");
  assert.equal(first.code, 0);
  assert.equal(first.report.counts.ran, 10);
  assert.deepEqual(having(second.report, "cached").length, 10);
  assert.deepEqual(digests(second.report), digests(first.report));
});

Deno.test("run() after a parameter of one branch changed reruns that branch and what joins it, and back costs nothing", async () => {
  await using project = await Project.create();
  await project.command("run");
  const changed = await project.command("run", ["--set", "scales.two.by=3"]);
  assert.deepEqual(having(changed.report, "ran"), ["two/scale", "two/sum", "print", "two/sign"]);
  assert.deepEqual(having(changed.report, "cutoff"), ["signs"], "the sign of the sum stayed what it was");
  assert.equal(changed.report.nodes.find(({ id }) => id === "two/scale")!.reason, "parameter by: 2 -> 3");
  const back = await project.command("run");
  assert.equal(back.report.counts.ran, 0);
});

Deno.test("run() after an edit to a stage, or to a helper of it, reruns exactly that stage", async () => {
  await using project = await Project.create();
  await project.command("run");
  await project.edit("counting.ts", "total += double(v) / 2", "total += 0.5 * double(v)");
  const own = await project.command("run");
  assert.deepEqual(having(own.report, "ran"), ["one/sum", "two/sum"]);
  assert.equal(own.report.counts.cutoff, 4, "the sums came out the same");
  assert.match(own.report.nodes.find(({ id }) => id === "one/sum")!.reason, /^code of .*counting\.ts sum changed$/);
  await project.edit("helper.ts", "2 * x", "3 * x");
  const helped = await project.command("run");
  assert.deepEqual(having(helped.report, "ran"), ["one/sum", "two/sum", "print", "one/sign", "two/sign"]);
  assert.match(
    helped.report.nodes.find(({ id }) => id === "one/sum")!.reason,
    /^code of .*helper\.ts double changed$/,
  );
});

Deno.test("run() after edits to comments, types and formatting computes nothing", async () => {
  await using project = await Project.create();
  await project.command("run");
  await project.edit("helper.ts", "return 2 * x;", "// twice\n  return (2   *\n x) as number;");
  await project.edit("counting.ts", "let total = 0;", "let total: number = 0; // the sum so far");
  const { report } = await project.command("run");
  assert.equal(report.counts.ran, 0);
});

Deno.test("run() of a moved pipeline file with a renamed node shares its results", async () => {
  await using project = await Project.create();
  await project.command("run");
  await Deno.mkdir(join(project.folder, "deep"));
  await Deno.rename(join(project.folder, "counting.ts"), join(project.folder, "deep/other.ts"));
  await project.edit("deep/other.ts", "./helper.ts", "../helper.ts");
  await project.edit("deep/other.ts", `.as("signs")`, `.as("renamed")`);
  const { report } = await project.command("run", [], "deep/other.ts");
  assert.equal(report.counts.ran, 0);
});

Deno.test("run() maps over more items by computing the new ones alone", async () => {
  await using project = await Project.create();
  await project.command("run");
  const { report } = await project.command("run", ["--set", "n=6"]);
  assert.deepEqual(report.nodes.find(({ id }) => id === "two/scale")!.branches, {
    total: 6,
    ran: 2,
    cached: 4,
    failed: 0,
  });
});

Deno.test("run() refuses a stage whose imports cannot be known before it runs", async () => {
  await using project = await Project.create();
  await project.edit("helper.ts", "return 2 * x;", "import(`./${x}.ts`); return 2 * x;");
  const { code, report } = await project.command("run");
  assert.equal(code, 2);
  assert.match(report.error!.message, /helper\.ts.*cannot be known before it runs/);
});

Deno.test("run --force runs a cached node again and stops at the equal result", async () => {
  await using project = await Project.create();
  await project.command("run");
  const { report } = await project.command("run", ["--force", "count"]);
  assert.deepEqual(having(report, "ran"), ["count"]);
  assert.equal(report.counts.cutoff, 9);
});

Deno.test("run --only runs the chosen nodes and what they need", async () => {
  await using project = await Project.create();
  const { report } = await project.command("run", ["--only", "one/*"]);
  assert.deepEqual(report.nodes.map(({ id }) => id), ["count", "split", "one/scale", "one/sum", "one/sign"]);
});

Deno.test("plan predicts what run does", async () => {
  await using project = await Project.create();
  await project.command("run");
  for (const args of [[], ["--set", "scales.one.by=5"], ["--set", "n=7"]]) {
    const planned = (await project.command("plan", args)).report;
    const ran = (await project.command("run", args)).report;
    for (const [i, node] of planned.nodes.entries()) {
      const then = ran.nodes[i]!;
      if (node.key === null) {
        assert.match(node.reason, /not known yet/);
        assert.ok(node.branches.total === then.branches.total || node.branches.total === 0);
      } else {
        assert.deepEqual([node.id, node.status, node.key, node.reason], [then.id, then.status, then.key, then.reason]);
        assert.equal(node.branches.total, then.branches.total);
      }
    }
  }
});
