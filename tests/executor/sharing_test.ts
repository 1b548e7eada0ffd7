/** @file Processes that run one pipeline on one store: they share the work, and take over from those that die. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { digests } from "./_support.ts";
import { serially, start, tallied, until, withFolder } from "./_stress.ts";

const PROCESSES = 8;

Deno.test(`run() in ${PROCESSES} processes on one store computes every branch once, and all get the same results`, () =>
  withFolder(async (folder) => {
    const [cache, lines] = [join(folder, "cache"), join(folder, "tally")];
    const n = 60;
    const outs = Array.from({ length: PROCESSES }, (_, i) => join(folder, `out-${i}`));
    const params = { n, milliseconds: 50, tally: lines };
    const all = await Promise.all(outs.map((out) => start(cache, params, ["--out", out]).ended));
    for (const { code, stderr } of all) assert.equal(code, 0, stderr);
    const once = ["load", "join", ...Array.from({ length: n }, (_, i) => `work ${i}`)].sort();
    assert.deepEqual(await tallied(lines), once, "no execution is missing, none is double");
    const reports = all.map(({ report }) => report!);
    const ran = reports.map(({ nodes }) => nodes.reduce((sum, { branches }) => sum + branches.ran, 0));
    assert.equal(ran.reduce((a, b) => a + b), n + 2, "the reports count what really ran");
    assert.ok(ran.filter((count) => count > 0).length > 1, `one process did everything: ${ran}`);
    const expected = digests(await serially(join(folder, "serial"), { n }));
    const text = await Deno.readTextFile(join(folder, "out-serial/tally.txt"));
    for (const [i, report] of reports.entries()) {
      assert.deepEqual(digests(report), expected);
      assert.equal(await Deno.readTextFile(join(outs[i]!, "tally.txt")), text);
    }
  }));

Deno.test("run() takes over the branch of a process that was killed while it held the lease", () =>
  withFolder(async (folder) => {
    const [cache, lines] = [join(folder, "cache"), join(folder, "tally")];
    const slow = start(cache, { milliseconds: 60_000, tally: lines });
    await until("a branch is running", async () => (await tallied(lines)).includes("work 0"));
    // The first process has every result but that of its branch to wait for; the others do the rest, then wait for it.
    const others = [0, 1].map(() => start(cache, { tally: lines }));
    await until("the others are done with theirs", async () => (await tallied(lines)).length === 5);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal((await tallied(lines)).length, 5, "what is being computed is left to who computes it");
    slow.child.kill("SIGKILL");
    const killed = performance.now();
    await slow.ended;
    const expected = digests(await serially(join(folder, "serial"), {}));
    for (const { code, report, stderr } of await Promise.all(others.map(({ ended }) => ended))) {
      assert.equal(code, 0, stderr);
      assert.deepEqual(digests(report!), expected);
    }
    assert.ok(performance.now() - killed < 5000, "a dead process of this machine is noticed within seconds");
    assert.deepEqual(await tallied(lines), ["join", "load", ...[0, 0, 1, 2, 3].map((i) => `work ${i}`)]);
  }));
