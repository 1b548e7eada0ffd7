/**
 * @file The real Slurm: two virtual nodes on loopback, as `.ci/start-slurm` starts them. Workers, nodes and the controller
 * are killed, jobs requeued, limited and cancelled. Skipped where ENGRAM_TEST_SLURM is not set: `.ci/run` installs Slurm
 * and sets it.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath as fromFileUrl } from "node:url";
import type { PoolReport } from "../../../executor/cluster/report.ts";
import { digests } from "../_support.ts";
import { filesUnder, serially, tallied, withFolder } from "../_stress.ts";
import { engram, eventually, launch, logsOf, pools, repository, sleep } from "./_support.ts";

const ignore = Deno.env.get("ENGRAM_TEST_SLURM") === undefined;
const checkpointed = fromFileUrl(new URL("../fixtures/checkpointed.ts", import.meta.url));

/** A Slurm of its own. */
interface Cluster {
  /** A folder for the test. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs one of its commands. */
  slurm(program: string, ...args: readonly string[]): Promise<string>;
  /** Kills a daemon (-9): `slurmctld`, `slurmd-n1`. */
  kill(daemon: string): Promise<void>;
}

async function withCluster(test: (cluster: Cluster) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    await command("bash", [join(repository, ".ci/start-slurm"), folder], { BASE_PORT: String(port), CPUS: "4" });
    const env = { SLURM_CONF: join(folder, "slurm.conf"), SLURM_TMPDIR: join(folder, "scratch") };
    const work = join(folder, "work");
    await Deno.mkdir(work);
    try {
      await test({
        env,
        folder: work,
        slurm: (program, ...args) => command(program, args, env),
        async kill(daemon) {
          Deno.kill(Number(await Deno.readTextFile(join(folder, "run", `${daemon}.pid`))), "SIGKILL");
        },
      });
    } finally {
      await command("bash", [join(repository, ".ci/stop-slurm"), folder]);
      // Those whose node was killed are no business of Slurm's any more.
      for (const { pid } of await workersOf(work)) kill(pid);
      await sleep(100);
    }
  });
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

async function workersOf(folder: string): Promise<readonly { readonly pid: number }[]> {
  const paths = (await filesUnder(join(folder, "cache/pools"))).filter((path) => /workers.[^.]+[.]json$/.test(path));
  return await Promise.all(paths.map(async (path) => JSON.parse(await Deno.readTextFile(path)).process));
}

async function command(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  // Not piped where daemons would keep the pipe open.
  const isScript = program === "bash";
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env: { ...env },
    stdin: "null",
    stdout: isScript ? "null" : "piped",
    stderr: isScript ? "null" : "piped",
  }).output().then((output) =>
    isScript ? { success: output.success, stdout: new Uint8Array(), stderr: new Uint8Array() } : output
  );
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

function slurmWords(workers: number, ...more: readonly string[]): readonly string[] {
  return ["--launcher", "slurm", "--workers", String(workers), ...more];
}

function jobOf(pool: PoolReport): string {
  const { handle } = pool.crews[0]!;
  assert.equal(handle.launcher, "slurm");
  return (handle as { job: string }).job;
}

/** Each branch in `from` to `to` was computed once. */
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

async function profileIn(folder: string, yaml: string): Promise<string> {
  const path = join(folder, "site.yaml");
  await Deno.writeTextFile(path, `${yaml}\n`);
  return path;
}

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
