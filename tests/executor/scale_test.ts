/** @file Many branches: one that fails or is lost costs itself only. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { digests, having } from "./_support.ts";
import { filesUnder, recordIn, serially, start, tallied, withFolder } from "./_stress.ts";

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

Deno.test("run() makes one lost object of more than 1,000 again when a stage needs it", () =>
  withFolder(async (folder) => {
    const [cache, lines] = [join(folder, "cache"), join(folder, "tally")];
    const first = await serially(cache, { n: 1100 });
    const [, work] = first.nodes;
    for (const path of await filesUnder(join(cache, "records"))) {
      const record = await recordIn(path);
      if (record.digest === work!.digest) await Deno.remove(objectOf(cache, record.items[700]!.digest));
      if (record.type === "Text") await Deno.remove(path);
    }
    const warnings: string[] = [];
    const second = await serially(cache, { n: 1100, tally: lines }, (event) => {
      if (event.kind === "log") warnings.push(event.message);
    });
    assert.equal(second.error, undefined);
    assert.deepEqual(digests(second), digests(first));
    assert.deepEqual(await tallied(lines), ["join", "join", "work 700"]);
    assert.match(warnings.join(), /Cannot find object ".*" in the store.*; it is made again by "work"/);
  }));

function objectOf(cache: string, digest: string): string {
  return join(cache, "objects", digest.slice(0, 2), `${digest}.arrow`);
}
