/** @file Eight workers of one pool, killed (-9) again and again and replaced: the end is a serial run's. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Store, verify } from "../../../cache/mod.ts";
import { digests } from "../_support.ts";
import { serially, tallied, withFolder } from "../_stress.ts";
import { engram, eventually, launch, pools, sleep, type Started } from "./_support.ts";

const WORKERS = 8;
const KILLS = 12;

Deno.test(`${WORKERS} workers survive ${KILLS} kills: nothing is lost, nothing is wrong, and the end is a serial run's`, () =>
  withFolder(async (folder) => {
    const lines = join(folder, "tally");
    const params = { n: 120, size: 500, milliseconds: 25, tally: lines };
    const driver = launch(folder, ["--launcher", "none"], params);
    let id = "";
    await eventually("there is a pool", async () => (id = (await pools(folder).catch(() => []))[0]?.id ?? "") !== "");
    const command = ["worker", "--pool", id, "--cache", join(folder, "cache"), "--jobs", "1", "--quiet"];
    const all: Started[] = [];
    const enlist = () => {
      const worker = engram(command);
      all.push(worker);
      return worker;
    };
    const alive = Array.from({ length: WORKERS }, enlist);
    await eventually("they work", async () => (await tallied(lines)).length > 2);
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(300 * Math.random());
      const at = Math.floor(WORKERS * Math.random());
      try {
        alive[at]!.child.kill("SIGKILL");
      } catch {
        // It had ended.
      }
      alive[at] = enlist();
    }
    const { code, report, stderr } = await driver.ended;
    assert.equal(code, 0, stderr);
    const ends = await Promise.all(all.map(({ ended }) => ended));
    for (const { code, stderr } of ends) {
      assert.ok(code === 0 || code === 137, `a worker ended with ${code}: ${stderr}`);
    }
    assert.ok(ends.filter(({ code }) => code === 137).length > KILLS / 3, "the kills came after the work");
    const expected = await serially(join(folder, "serial/cache"), { ...params, milliseconds: 0, tally: undefined });
    assert.deepEqual(digests(report!), digests(expected));
    const warnings: string[] = [];
    await using store = await Store.open(join(folder, "cache"), { warn: (message) => warnings.push(message) });
    const { damaged, incomplete } = await verify(store);
    assert.deepEqual({ damaged, incomplete, warnings }, { damaged: [], incomplete: [], warnings: [] });
    const executions = await tallied(lines);
    // A kill costs what was being computed, and nothing else is computed twice.
    assert.ok(executions.length >= 122 && executions.length <= 122 + KILLS, `${executions.length} executions`);
  }));
