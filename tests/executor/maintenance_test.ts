/** @file gc and verify: space is freed without breaking runs that are kept; damage and nondeterminism are found. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { CollectReport } from "../../cache/mod.ts";
import { Project } from "./_support.ts";

async function maintain(project: Project, ...args: string[]): Promise<{ code: number; document: unknown }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "cli/main.ts", ...args, "--cache", project.cache, "--json"],
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.notEqual(text, "", new TextDecoder().decode(stderr));
  return { code, document: JSON.parse(text) };
}

Deno.test("gc --keep-last 1 frees what the last run did not use, and that run stays a full hit", async () => {
  await using project = await Project.create();
  await project.command("run");
  await project.command("run", ["--set", "n=7"]);
  const limits = ["--keep-last", "1", "--grace", "0s"];
  const planned = (await maintain(project, "gc", ...limits, "--dry-run")).document as CollectReport;
  const before = await project.stored("objects");
  const done = (await maintain(project, "gc", ...limits)).document as CollectReport;
  const keys = ({ removed }: CollectReport) => removed.results.map(({ key }) => key).sort();
  assert.deepEqual(keys(done), keys(planned));
  assert.ok(done.removed.records > 0);
  assert.equal((await project.stored("objects")).length, before.length - done.removed.objects);
  assert.equal((await project.command("run", ["--set", "n=7"])).report.counts.ran, 0);
  const again = await project.command("run");
  assert.ok(again.report.counts.ran > 0 && again.code === 0, "what was freed is made again");
});

Deno.test("gc without limits keeps every result, and gc --max-bytes frees down to the size", async () => {
  await using project = await Project.create();
  await project.command("run");
  const kept = (await maintain(project, "gc", "--grace", "0s")).document as CollectReport;
  assert.equal(kept.removed.records, 0);
  const freed = (await maintain(project, "gc", "--max-bytes", "4K", "--grace", "0s")).document as CollectReport;
  assert.ok(freed.before.bytes - freed.removed.bytes <= 4000);
  assert.equal((await project.command("run")).code, 0);
});

Deno.test("verify finds damage, sets it aside and exits with 3; the next run makes it again", async () => {
  await using project = await Project.create();
  await project.command("run");
  assert.equal((await maintain(project, "verify")).code, 0);
  const [object] = await project.stored("objects");
  await Deno.truncate(object!, 40);
  const { code, document } = await maintain(project, "verify");
  assert.equal(code, 3);
  assert.equal((document as { damaged: { path: string }[] }).damaged[0]!.path, object);
  assert.equal((await project.command("run")).code, 0);
  assert.equal((await maintain(project, "verify")).code, 0);
});

Deno.test("verify --recompute finds a stage whose result depends on more than its key", async () => {
  await using project = await Project.create();
  await project.command("run");
  assert.equal((await maintain(project, "verify", "--recompute", "1")).code, 0);
  await project.edit("counting.ts", "export const scale =", "let calls = 0;\nexport const scale =");
  await project.edit(
    "counting.ts",
    "value: parts.value.map((value) => by * value)",
    "value: parts.value.map((value) => by * value + ++calls)",
  );
  await project.command("run", ["--jobs", "1"]);
  const { code, document } = await maintain(project, "verify", join(project.folder, "counting.ts"), "--recompute", "1");
  assert.equal(code, 1);
  const different = (document as { recomputed: { node: string; same: boolean }[] }).recomputed.filter(({ same }) =>
    !same
  );
  assert.ok(different.length > 0 && different.every(({ node }) => node.endsWith("/scale")));
});
