/** @file Many branches: one that fails costs itself only. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { having } from "./_support.ts";
import { start, tallied, withFolder } from "./_stress.ts";

Deno.test("run() keeps 999 branches when one of 1,000 fails and, once that is fixed, runs 1", () =>
  withFolder(async (folder) => {
    const [cache, lines] = [join(folder, "cache"), join(folder, "tally")];
    const failed = await start(cache, { n: 1000, refuse: 500, tally: lines }).ended;
    assert.equal(failed.code, 1, failed.stderr);
    const { report } = failed;
    const branches = { total: 1000, ran: 999, cached: 0, failed: 1 };
    assert.deepEqual(report!.nodes.find(({ id }) => id === "work")!.branches, branches);
    assert.match(report!.error!.message, /^branch 500 of 1000: Cannot work on 500: .*the other branches are kept/);
    assert.deepEqual(having(report!, "skipped"), ["join"]);
    assert.equal((await tallied(lines)).length, 1001);
    const fixed = await start(cache, { n: 1000, tally: lines }).ended;
    assert.equal(fixed.code, 0, fixed.stderr);
    const again = { total: 1000, ran: 1, cached: 999, failed: 0 };
    assert.deepEqual(fixed.report!.nodes.find(({ id }) => id === "work")!.branches, again);
    assert.equal((await tallied(lines)).length, 1003, "branch 500 and the join");
  }));
