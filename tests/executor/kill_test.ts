/** @file Runs that are killed (-9) at random instants, again and again, on one store. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Store, verify } from "../../cache/mod.ts";
import { digests } from "./_support.ts";
import { filesUnder, serially, start, tallied, withFolder } from "./_stress.ts";

/** Rounds, each with its parameters' own work; processes killed beside each other in a round. */
const [ROUNDS, PROCESSES] = [20, 5];
/** Rounds that go on with the same work. */
const CONTINUED = 4;

/** Kills a process at some instant, from before it has begun until `latest` milliseconds after. */
async function runAndKill(cache: string, params: Readonly<Record<string, unknown>>, latest: number): Promise<string> {
  const { child, ended } = start(cache, params);
  await new Promise((resolve) => setTimeout(resolve, latest * Math.random()));
  try {
    child.kill("SIGKILL");
  } catch {
    // It had ended.
  }
  const { code, stderr } = await ended;
  assert.ok(code === 0 || code === 137, `It ended with ${code}: ${stderr}`);
  return stderr;
}

Deno.test(`run() survives ${ROUNDS * PROCESSES} kills: the store stays sound, nothing finished is lost, and the end is a serial run's`, () =>
  withFolder(async (folder) => {
    const [cache, lines] = [join(folder, "cache"), join(folder, "tally")];
    const work = { n: 60, size: 1000, milliseconds: 10 };
    // How late a kill may come depends on the machine: half as long again as one run takes that is left alone.
    const began = performance.now();
    await start(join(folder, "alone/cache"), { ...work, tally: `${lines}-alone` }).ended;
    const latest = 1.5 * (performance.now() - began);
    let before = new Set<string>();
    let interrupted = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const params = { ...work, by: Math.floor(round / CONTINUED), tally: lines };
      const said = await Promise.all(Array.from({ length: PROCESSES }, () => runAndKill(cache, params, latest)));
      assert.doesNotMatch(said.join(""), /Cannot read|warning|error/i);
      const warnings: string[] = [];
      await using store = await Store.open(cache, { warn: (message) => warnings.push(message) });
      const { damaged, incomplete } = await verify(store);
      assert.deepEqual({ damaged, incomplete, warnings }, { damaged: [], incomplete: [], warnings: [] });
      const now = new Set(await filesUnder(join(cache, "records")));
      for (const record of before) assert.ok(now.has(record), "a record was lost");
      if (now.size > before.size) interrupted++;
      before = now;
    }
    assert.ok(interrupted >= CONTINUED, "the kills came before or after all work");
    const results = before.size;
    for (let by = 0; by < ROUNDS / CONTINUED; by++) {
      const { code, report, stderr } = await start(cache, { ...work, by, tally: lines }).ended;
      assert.equal(code, 0, stderr);
      assert.deepEqual(
        digests(report!),
        digests(await serially(join(folder, "serial"), { ...work, by, milliseconds: 0 })),
      );
    }
    const [executed, needed] = [(await tallied(lines)).length, ROUNDS / CONTINUED * 61 + 1];
    assert.ok(
      executed >= needed && executed <= needed + ROUNDS * PROCESSES,
      `${executed} executions for ${needed} results`,
    );
    assert.ok(results > needed / 10, `only ${results} results came from runs that were killed`);
  }));
