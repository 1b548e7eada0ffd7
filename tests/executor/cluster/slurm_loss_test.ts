/**
 * @file The real Slurm, where a node dies or a time limit comes; a file of its own, as both tests mostly wait. Skipped where
 * ENGRAM_TEST_SLURM is not set.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath as fromFileUrl } from "node:url";
import { digests } from "../_support.ts";
import { serially, tallied } from "../_stress.ts";
import { ignore, profileIn, slurmWords, withCluster } from "./_slurm.ts";
import { engram, eventually, launch, logsOf, pools } from "./_support.ts";

const checkpointed = fromFileUrl(new URL("../fixtures/checkpointed.ts", import.meta.url));

/** Each of so many branches was computed once. */
function once(n: number): string[] {
  return ["load", "join", ...Array.from({ length: n }, (_, i) => `work ${i}`)].sort();
}

Deno.test({
  name: "Slurm: a node that dies splits a worker in two with one job id; each branch is computed once all the same",
  ignore,
  fn: () =>
    withCluster(async ({ env, kill, folder }) => {
      const lines = join(folder, "tally");
      // Each worker fills a node; n2 stays free for the second life.
      const profile = await profileIn(folder, "cpus: 4");
      const run = launch(folder, slurmWords(1, "--profile", profile, "--jobs", "1"), {
        n: 45,
        milliseconds: 1500,
        tally: lines,
      }, env);
      await eventually("it works", async () => (await tallied(lines)).length > 2);
      const [pool] = await pools(folder, [], env);
      const [first] = pool!.workers;
      const node = first!.job.split(" on ")[1]!;
      await kill(`slurmd-${node}`);
      await eventually("the job lives twice", async () => {
        const [now] = await pools(folder, [], env);
        return now!.workers.length === 2 && now!.workers.every(({ state }) => state === "working");
      });
      const [now] = await pools(folder, [], env);
      assert.equal(new Set(now!.workers.map(({ job }) => job.split(/ /)[0])).size, 1, "one job id");
      assert.equal(new Set(now!.workers.map(({ job }) => job.split(" on ")[1])).size, 2, "two nodes");
      const { code, report, stderr } = await run.ended;
      assert.equal(code, 0, stderr + await logsOf(folder));
      assert.deepEqual(await tallied(lines), once(45), "no branch was computed twice");
      assert.deepEqual(digests(report!), digests(await serially(join(folder, "serial/cache"), { n: 45 })));
    }),
});

Deno.test({
  name: "Slurm: before its time limit a worker saves a checkpoint, is requeued, and goes on to the same bits",
  ignore,
  fn: () =>
    withCluster(async ({ env, folder }) => {
      const lines = join(folder, "tally");
      const profile = await profileIn(folder, 'time: "1"\nnotice: 20\ngrace: 1');
      const params = { n: 1, epochs: 900, milliseconds: 80, tally: lines };
      const { code, report, stderr } = await launch(
        folder,
        slurmWords(1, "--profile", profile),
        params,
        env,
        checkpointed,
      ).ended;
      assert.equal(code, 0, stderr + await logsOf(folder));
      const [pool] = await pools(folder, ["--all"], env, checkpointed);
      assert.ok(pool!.workers.some(({ job }) => job.includes("life 2")), JSON.stringify(pool!.workers));
      assert.ok(pool!.workers.some(({ why }) => why === "left"));
      const epochs = await tallied(lines);
      assert.ok(epochs.length < 900 + 40, `${epochs.length} epochs were computed of 900: it did not go on`);
      const words = ["--cache", join(folder, "whole"), "--out", folder, "--data", folder, "--no-check", "--json"];
      const set = ["--set", "epochs=900", "--jobs", "1"];
      const whole = await engram(["run", checkpointed, ...words, ...set]).ended;
      assert.deepEqual(digests(report!), digests(whole.report!));
    }),
});
