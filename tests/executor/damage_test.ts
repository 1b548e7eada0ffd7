/** @file Stores whose files were damaged between two runs: found, named, set aside, computed again. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Store, verify } from "../../cache/mod.ts";
import { type Report, run, type RunEvent } from "../../executor/mod.ts";
import { digests } from "./_support.ts";
import { filesUnder, serially, tally, withFolder } from "./_stress.ts";

/** Ways to damage a file; `other` is a sound file of the same kind. */
const DAMAGE: Readonly<Record<string, (path: string, other: string) => Promise<void>>> = {
  async "with a flipped bit"(path) {
    const bytes = await Deno.readFile(path);
    bytes[bytes.length >> 1]! ^= 1;
    await Deno.writeFile(path, bytes);
  },
  async "cut in half"(path) {
    await Deno.truncate(path, (await Deno.stat(path)).size >> 1);
  },
  "emptied": (path) => Deno.truncate(path, 0),
  "that is a copy of another": (path, other) => Deno.copyFile(other, path),
  async "that is a folder"(path) {
    await Deno.remove(path);
    await Deno.mkdir(path);
  },
};

/** Runs with new parameters in this process, and collects what it warns of. */
async function runOn(cache: string, params: Record<string, unknown>, jobs: number) {
  const warnings: string[] = [];
  function watch(event: RunEvent): void {
    if (event.kind === "log" && event.level === "warning") warnings.push(event.message);
  }
  const options = { cache, out: join(cache, "../out"), data: join(cache, "../data"), jobs };
  const report: Report = await run({ pipeline: tally, overrides: [params], check: false }, options, watch);
  assert.equal(report.error, undefined, warnings.join("\n"));
  return { report, warnings };
}

/** Damages each file in its turn; a copy is always of another one as it was. */
async function damageAll(paths: readonly string[], folder: string, damage: (typeof DAMAGE)[string]): Promise<void> {
  for (const [i, path] of paths.entries()) await Deno.copyFile(path, join(folder, `copy-${i}`));
  for (const [i, path] of paths.entries()) await damage(path, join(folder, `copy-${(i + 1) % paths.length}`));
}

for (const kind of ["objects", "records", "notes"]) {
  for (const [how, damage] of Object.entries(DAMAGE)) {
    Deno.test(`run() finds and names every one of a store's ${kind} ${how}, and gives the same results`, () =>
      withFolder(async (folder) => {
        const cache = join(folder, "cache");
        const first = await runOn(cache, {}, 0);
        const paths = await filesUnder(join(cache, kind));
        const damaged = paths.filter((path) => !path.includes("/runs/")); // which no run reads
        assert.ok(damaged.length >= (kind === "notes" ? 3 : 7), `${damaged.length} files`);
        await damageAll(damaged, folder, damage);
        // Another parameter needs the objects that nothing has to compute; the first one needs the rest.
        const other = await runOn(cache, { by: 3 }, 2);
        assert.deepEqual(digests(other.report), digests(await serially(join(folder, "serial"), { by: 3 })));
        const second = await runOn(cache, {}, 2);
        assert.deepEqual(digests(second.report), digests(first.report));
        const told = [...other.warnings, ...second.warnings].join("\n");
        await using store = await Store.open(cache, { warn: () => {} });
        const { damaged: left } = await verify(store);
        const silent = damaged.filter((path) => !told.includes(path) && !left.some((found) => found.path === path));
        assert.deepEqual(silent, [], `some damage was not named; told was:\n${told}`);
        const third = await runOn(cache, {}, 0);
        assert.deepEqual(third.warnings, [], "what was damaged is sound again");
        assert.deepEqual(digests(third.report), digests(first.report));
        assert.equal(third.report.counts.ran, 0);
      }));
  }
}
