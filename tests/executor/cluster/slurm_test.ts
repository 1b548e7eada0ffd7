/**
 * @file The real Slurm: workers, nodes and the controller are killed, jobs requeued, limited and cancelled. Skipped where
 * ENGRAM_TEST_SLURM is not set.
 */
import assert from "node:assert/strict";
import type { PoolReport } from "../../../executor/cluster/report.ts";
import { join } from "node:path";
import { digests } from "../_support.ts";
import { serially, tallied } from "../_stress.ts";
import { ignore, profileIn, slurmWords, withCluster } from "./_slurm.ts";
import { eventually, launch, logsOf, pools, sleep } from "./_support.ts";

function jobOf(pool: PoolReport): string {
  const { handle } = pool.crews[0]!;
  assert.equal(handle.launcher, "slurm");
  return (handle as { job: string }).job;
}

/** Each of so many branches was computed once. */
function once(n: number): string[] {
  return ["load", "join", ...Array.from({ length: n }, (_, i) => `work ${i}`)].sort();
}

Deno.test({
  name: "Slurm runs 200 branches on 4 workers of two nodes, each once, with a serial run's results",
  ignore,
  fn: () =>
    withCluster(async ({ env, folder }) => {
      const lines = join(folder, "tally");
      const { code, report, stderr } = await launch(
        folder,
        slurmWords(4, "--profile", await profileIn(folder, "cpus: 2")),
        { n: 200, milliseconds: 20, tally: lines },
        env,
      ).ended;
      assert.equal(code, 0, stderr + await logsOf(folder));
      assert.deepEqual(await tallied(lines), once(200));
      assert.deepEqual(digests(report!), digests(await serially(join(folder, "serial/cache"), { n: 200 })));
      const [pool] = await pools(folder, ["--all"], env);
      assert.deepEqual(new Set(pool!.workers.map(({ job }) => job.split(" on ")[1])), new Set(["n1", "n2"]));
    }),
});

Deno.test({
  name: "Slurm: killed and requeued workers lose nothing, --cancel ends all, and the controller may die meanwhile",
  ignore,
  fn: () =>
    withCluster(async ({ env, slurm, kill, folder }) => {
      const lines = join(folder, "tally");
      const params = { n: 60, milliseconds: 500, tally: lines };
      const run = launch(folder, slurmWords(3), params, env);
      await eventually("all workers work", async () => {
        const [pool] = await pools(folder, [], env).catch(() => []);
        return pool?.workers.filter(({ state }) => state === "working").length === 3;
      });
      const [pool] = await pools(folder, [], env);
      const job = jobOf(pool!);
      const of = (task: number) => pool!.workers.find((worker) => worker.job.startsWith(`${job}_${task} `))!;
      Deno.kill(of(0).pid, "SIGKILL"); // its branch is taken over
      await slurm("scontrol", "requeue", `${job}_1`); // it leaves, and comes back some seconds later
      await eventually("the requeued worker lives again", async () => {
        const [now] = await pools(folder, [], env);
        return now!.workers.some((worker) => worker.job.startsWith(`${job}_1 life 2`));
      });
      await kill("slurmctld");
      await sleep(1000);
      const before = (await tallied(lines)).length;
      await eventually("work goes on without a controller", async () => (await tallied(lines)).length > before + 1);
      await slurm("slurmctld");
      const { code, report, stderr } = await run.ended;
      assert.equal(code, 0, stderr + await logsOf(folder));
      assert.deepEqual(digests(report!), digests(await serially(join(folder, "serial/cache"), { n: 60 })));
      const executed = await tallied(lines);
      assert.deepEqual([...new Set(executed)], once(60));
      assert.ok(
        executed.length <= 65,
        `only what killed workers were at is computed twice (a new controller may kill, too): ${
          executed.filter((line, i) => executed[i - 1] === line)
        } ${await logsOf(folder)}`,
      );
      // Cancelled, while another controller than the one that took the job is there.
      const other = launch(folder, slurmWords(2), { n: 60, by: 3, milliseconds: 2000, tally: lines }, env);
      await eventually("it works", async () => (await tallied(lines)).length > executed.length + 2);
      await pools(folder, ["--cancel"], env);
      await eventually(
        "nothing is left in the queue",
        async () => (await slurm("squeue", "-h", "-n", "engram-tally")) === "",
      );
      assert.deepEqual(
        [...Deno.readDirSync(join(folder, "cache/leases"))].map(({ name }) => name),
        ["owners"],
      );
      other.child.kill("SIGINT");
      await other.ended;
    }),
});
