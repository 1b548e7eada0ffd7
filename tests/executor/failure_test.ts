/** @file Failures, interruptions and damage: nothing that was computed is lost. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { digests, having, Project } from "./_support.ts";

Deno.test("run() keeps the other branches of a failing one and, once it is fixed, runs that one", async () => {
  await using project = await Project.create();
  await project.edit("counting.ts", "if (parts.value[0] === refuse)", "if (parts.value[0] === 3)");
  const failed = await project.command("run");
  assert.equal(failed.code, 1);
  assert.equal(failed.report.error!.node, "one/scale");
  assert.match(failed.report.error!.message, /branch 3 of 4: Cannot scale .*the other branches are kept/);
  await using fresh = await Project.create();
  const refused = await fresh.command("run", ["--set", "scales.two.refuse=2"]);
  assert.deepEqual(refused.report.nodes.find(({ id }) => id === "two/scale")!.branches, {
    total: 4,
    ran: 3,
    cached: 0,
    failed: 1,
  });
  const again = await fresh.command("run", ["--set", "scales.two.refuse=2"]);
  assert.deepEqual(again.report.nodes.find(({ id }) => id === "two/scale")!.branches, {
    total: 4,
    ran: 0,
    cached: 3,
    failed: 1,
  });
});

Deno.test("run --keep-going finishes what does not depend on a failure", async () => {
  await using project = await Project.create();
  const { code, report } = await project.command("run", ["--keep-going", "--set", "scales.two.refuse=2"]);
  assert.equal(code, 1);
  assert.deepEqual(having(report, "ran"), ["count", "split", "one/scale", "one/sum", "one/sign"]);
  assert.deepEqual(having(report, "skipped"), ["two/sum", "print", "two/sign", "signs"]);
});

Deno.test("run() makes a damaged object again and ends with the same digests", async () => {
  await using project = await Project.create();
  const first = await project.command("run");
  for (const object of await project.stored("objects")) {
    const bytes = await Deno.readFile(object);
    bytes[Math.floor(bytes.length / 2)]! ^= 0xff;
    await Deno.writeFile(object, bytes);
  }
  await Deno.remove(join(project.cache, "records"), { recursive: true });
  const second = await project.command("run");
  assert.equal(second.code, 0);
  assert.deepEqual(digests(second.report), digests(first.report));
});

Deno.test("run() repairs damaged inputs of a stage that has to run, and says so", async () => {
  await using project = await Project.create();
  await project.command("run");
  for (const object of await project.stored("objects")) {
    const bytes = await Deno.readFile(object);
    bytes[Math.floor(bytes.length / 2)]! ^= 0xff;
    await Deno.writeFile(object, bytes);
  }
  const { code, report, stderr } = await project.command("run", ["--set", "scales.two.by=7"]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /made again by "split"/);
  await using undamaged = await Project.create();
  const expected = await undamaged.command("run", ["--set", "scales.two.by=7"]);
  assert.deepEqual(digests(report), digests(expected.report));
});

Deno.test("run() stops at an interrupt with 130, keeps finished branches and goes on from there", async () => {
  await using project = await Project.create();
  const slow = ["--set", "n=40", "--set", "scales.two.sleep=200", "--set", "scales.one.sleep=200"];
  const child = project.spawn("run", slow).spawn();
  const before = performance.now();
  while ((await project.stored("objects").catch(() => [])).length < 50 && performance.now() - before < 20_000) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const interrupted = performance.now();
  child.kill("SIGINT");
  const { code, stderr } = await child.output();
  assert.equal(code, 130, new TextDecoder().decode(stderr));
  assert.ok(performance.now() - interrupted < 3000, "it stopped within seconds");
  const { report } = await project.command("plan", slow);
  const kept = report.nodes.filter(({ stage }) => stage === "scale").reduce((sum, n) => sum + n.branches.cached, 0);
  assert.ok(kept >= 1 && kept < 80, `${kept} branches were kept`);
});

Deno.test("run() and plan() refuse wrong requests with 2 and name the nearest right one", async () => {
  await using project = await Project.create();
  const wrong: [string[], RegExp][] = [
    [["--preset", "defualt"], /Unknown preset "defualt".*did you mean "default"/],
    [["--set", "scals.two.by=1"], /unknown parameter; did you mean "scales"/],
    [["--set", "n=many"], /"n": .*expected number/],
    [["--only", "on/scale"], /did you mean "one\/scale"/],
  ];
  for (const [args, message] of wrong) {
    for (const verb of ["run", "plan"] as const) {
      const { code, report } = await project.command(verb, args);
      assert.equal(code, 2);
      assert.match(report.error!.message, message);
    }
  }
});
