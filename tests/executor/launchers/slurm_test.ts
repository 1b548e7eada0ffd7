/** @file The launcher of Slurm against commands that write down what they were told: the words are a contract. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually, launch, pools, programs, sleep } from "../cluster/_support.ts";
import { digests } from "../_support.ts";
import { serially, tallied, withFolder } from "../_stress.ts";

/**
 * Slurm's commands: each adds its words to `$SLURM_LOG`; sbatch starts the script as often as the array has tasks, where
 * `$SLURM_STARTS` is set; squeue finds what sbatch started.
 */
const FAKES = {
  sbatch: `echo "sbatch $*" >>"$SLURM_LOG"
[ -n "\${SLURM_SAYS:-}" ] && { echo "$SLURM_SAYS" >&2; exit 1; }
script=\${@: -1}
folder=$(dirname "$script")
if [ -n "\${SLURM_STARTS:-}" ]; then
  last=$(sed 's/.*--array=0-\\([0-9]*\\).*/\\1/' <<<"$*")
  for task in $(seq 0 "$last"); do
    SLURM_ARRAY_JOB_ID=4711 SLURM_ARRAY_TASK_ID=$task SLURMD_NODENAME=fake SLURM_CPUS_ON_NODE=1 \\
      setsid bash "$script" >"$folder/any-$task.log" 2>&1 </dev/null &
    echo $! >>"$SLURM_LOG.pids"
  done
fi
echo "4711;cluster"`,
  squeue: `echo "squeue $*" >>"$SLURM_LOG"
[ -e "$SLURM_LOG.pids" ] || exit 0
for pid in $(cat "$SLURM_LOG.pids"); do kill -0 $pid 2>/dev/null && echo RUNNING; done; exit 0`,
  scancel: `echo "scancel $*" >>"$SLURM_LOG"
for pid in $(cat "$SLURM_LOG.pids"); do kill -TERM $pid 2>/dev/null; done; exit 0`,
  scontrol: `echo "scontrol $*" >>"$SLURM_LOG"; echo "MaxArraySize            = 1001"`,
};

/** A folder with fake commands, and the environment that finds them. */
async function withSlurm(test: (folder: string, env: Record<string, string>) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const path = await programs(join(folder, "bin"), FAKES);
    const env = {
      PATH: path,
      SLURM_LOG: join(folder, "slurm.log"),
      TMPDIR: folder,
      SLURM_TMPDIR: join(folder, "scratch"),
    };
    try {
      await test(folder, env);
    } finally {
      // Whatever a test that failed has left behind: each script leads a group of its own.
      const pids = await Deno.readTextFile(join(folder, "slurm.log.pids")).catch(() => "");
      for (const pid of pids.split("\n").filter((line) => line !== "")) kill(-Number(pid));
      await sleep(50);
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

async function told(folder: string): Promise<string[]> {
  const text = await Deno.readTextFile(join(folder, "slurm.log")).catch(() => "");
  return text.replaceAll(/\/\S*\/pools\/[^/]+/g, "POOL").split("\n").slice(0, -1);
}

Deno.test("run --launcher slurm submits one array of identical workers, shows what they do, and asks the controller little", () =>
  withSlurm(async (folder, env) => {
    const words = ["--launcher", "slurm", "--workers", "2"];
    const lines = join(folder, "tally");
    const params = { n: 12, milliseconds: 50, tally: lines };
    const { code, report, stderr } = await launch(folder, words, params, { ...env, SLURM_STARTS: "1" }).ended;
    assert.equal(code, 0, stderr);
    assert.deepEqual((await told(folder)).filter((line) => !line.startsWith("squeue")), [
      "sbatch --parsable --job-name=engram-tally --array=0-1 --requeue --open-mode=append --signal=B:USR1@120 " +
      "--output=POOL/any-%a.log POOL/worker-any.sh",
    ]);
    assert.ok((await told(folder)).length <= 3, "the controller is asked twice a minute");
    assert.match(stderr, /2 workers as Slurm job 4711/);
    assert.deepEqual(digests(report!), digests(await serially(join(folder, "serial"), { n: 12 })));
    assert.deepEqual(report!.nodes.map(({ status }) => status), ["ran", "ran", "ran"]);
    assert.deepEqual(report!.nodes[1]!.branches, { total: 12, ran: 12, cached: 0, failed: 0 });
    assert.equal((await tallied(lines)).length, 14, "each branch was computed once");
    // All is stored: nothing is launched, and nobody asked.
    const before = await told(folder);
    const again = await launch(folder, words, params, env).ended;
    assert.deepEqual([again.code, again.report!.counts.cached], [0, 3]);
    assert.deepEqual(await told(folder), before);
  }));

Deno.test("run --launcher slurm passes on what flags and a profile say of the site", () =>
  withSlurm(async (folder, env) => {
    const profile = join(folder, "site.yaml");
    await Deno.writeTextFile(
      profile,
      `launcher: slurm
partition: small
account: lab
time: "00:30:00"
notice: 60
modules: [cuda/12.2, "a b"]
setup: ["export FOO=bar"]
scratch: $SCRATCH/$USER
pools:
  cpu: { workers: 3, cpus: 4, memory: 8G, options: [--exclusive] }
  gpu: { workers: 2, gres: "gpu:1", partition: gpus }
`,
    );
    const { child, ended } = launch(folder, ["--profile", profile, "--account", "other"], {}, env);
    await eventually("it is submitted", async () => (await told(folder)).length > 0);
    child.kill("SIGINT");
    assert.equal((await ended).code, 130);
    assert.deepEqual((await told(folder)).filter((line) => line.startsWith("sbatch")), [
      "sbatch --parsable --job-name=engram-tally-cpu --array=0-2 --requeue --open-mode=append --signal=B:USR1@60 " +
      "--output=POOL/cpu-%a.log --partition=small --account=other --cpus-per-task=4 --mem=8G --time=00:30:00 " +
      "--exclusive POOL/worker-cpu.sh",
    ]);
    const [pool] = [...Deno.readDirSync(join(folder, "cache/pools"))];
    const script = await Deno.readTextFile(join(folder, "cache/pools", pool!.name, "worker-cpu.sh"));
    assert.match(script, /^module load cuda\/12.2\nmodule load 'a b'\nexport FOO=bar$/m);
    assert.match(script, /^scratch="\$SCRATCH\/\$USER"$/m);
    assert.match(script, /worker --pool \S+ --cache \S+ --crew cpu --grace 30s &$/m);
    assert.match(script, /scontrol requeue "\$\{SLURM_ARRAY_JOB_ID\}_\$\{SLURM_ARRAY_TASK_ID\}"/);
    assert.doesNotMatch(script.replace(/^ *scontrol requeue .*$/m, ""), /TASK_ID/, "the index selects nothing");
  }));

Deno.test("run --launcher slurm: closing it stops no worker, running it again joins, workers tells and --cancel ends them", () =>
  withSlurm(async (folder, env) => {
    const words = ["--launcher", "slurm", "--workers", "2"];
    const lines = join(folder, "tally");
    const params = { n: 30, milliseconds: 400, tally: lines };
    const first = launch(folder, words, params, { ...env, SLURM_STARTS: "1" });
    await eventually("a branch is computed", async () => (await tallied(lines)).length > 3);
    first.child.kill("SIGINT");
    const closed = await first.ended;
    assert.equal(closed.code, 130);
    assert.match(closed.stderr, /go on: run this again to follow them/);
    assert.match(closed.report!.error!.message, /^Interrupted/);
    const done = (await tallied(lines)).length;
    const [pool] = await pools(folder, [], env);
    assert.equal(pool!.alive, true);
    assert.deepEqual(pool!.workers.map(({ job }) => job).sort(), ["4711_0 on fake", "4711_1 on fake"]);
    // A look may fall between two branches.
    await eventually("who computes which branch is told", async () => {
      const [now] = await pools(folder, [], env);
      return now!.workers.some(({ current: [at] }) => at?.node === "work");
    });
    const joined = await launch(folder, words, params, env).ended;
    assert.equal(joined.code, 0, joined.stderr);
    assert.match(joined.stderr, /Joins pool .* 2 workers \(Slurm job 4711\)/);
    assert.equal((await told(folder)).filter((line) => line.startsWith("sbatch")).length, 1);
    assert.ok((await tallied(lines)).length > done);
    assert.equal((await tallied(lines)).length, 32, "each branch was computed once");
    // Another piece of work, which is cancelled.
    const slow = launch(folder, words, { n: 30, by: 3, milliseconds: 3000, tally: lines }, {
      ...env,
      SLURM_STARTS: "1",
    });
    await eventually("it is under way", async () => (await tallied(lines)).length > 33);
    const [cancelled] = await pools(folder, ["--cancel"], env);
    assert.equal(cancelled!.crews[0]!.handle.launcher, "slurm");
    assert.equal((await told(folder)).at(-1), "scancel 4711");
    await eventually("the workers have ended", async () => (await pools(folder, [], env)).length === 0);
    slow.child.kill("SIGINT");
    await slow.ended;
  }));

Deno.test("run --launcher slurm says what is wrong with the request, and keeps nothing of a pool that never was", () =>
  withSlurm(async (folder, env) => {
    const words = ["--launcher", "slurm", "--workers", "2"];
    const refused = await launch(folder, words, {}, {
      ...env,
      SLURM_SAYS: "sbatch: error: invalid partition specified",
    }).ended;
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stderr, /Cannot use Slurm: sbatch says "sbatch: error: invalid partition specified"/);
    assert.match(refused.report!.error!.message, /invalid partition/);
    assert.deepEqual([...Deno.readDirSync(join(folder, "cache/pools"))], []);
    const many = await launch(folder, ["--launcher", "slurm", "--workers", "2000"], {}, env).ended;
    assert.equal(many.code, 2);
    assert.match(many.stderr, /MaxArraySize allows 1000/);
    const none = await launch(folder, words, {}, { ...env, PATH: join(folder, "nothing") }).ended;
    assert.equal(none.code, 2);
    assert.match(none.stderr, /Cannot find "sbatch": run this where Slurm's commands are/);
    const force = await launch(folder, [...words, "--force", "work"], {}, env).ended;
    assert.match(force.stderr, /Cannot force nodes on workers/);
    const flag = await launch(folder, ["--partition", "x"], {}, env).ended;
    assert.equal(flag.code, 2);
    assert.match(flag.stderr, /Cannot use --partition without workers/);
    await Deno.writeTextFile(join(folder, "site.yaml"), "partion: x\npools: { gpu: { gress: 1 } }\n");
    const typo = await launch(folder, ["--launcher", "slurm", "--profile", join(folder, "site.yaml")], {}, env).ended;
    assert.equal(typo.code, 2);
    assert.match(typo.stderr, /did you mean "partition"/);
    assert.match(typo.stderr, /unknown setting "gress" in pools.gpu, did you mean "gres"/);
  }));

Deno.test("workerScript() tells the worker of USR1, puts it back into the queue, and passes TERM on without that", () =>
  withSlurm(async (folder, env) => {
    const words = ["--launcher", "slurm", "--workers", "2"];
    const lines = join(folder, "tally");
    const params = { n: 24, milliseconds: 300, tally: lines };
    const run = launch(folder, words, params, { ...env, SLURM_STARTS: "1" });
    await eventually("both work", async () => (await tallied(lines)).length > 4);
    const [one, two] = (await Deno.readTextFile(join(folder, "slurm.log.pids"))).trim().split("\n").map(Number);
    Deno.kill(one!, "SIGUSR1");
    await eventually("it asks to be requeued", async () => (await told(folder)).includes("scontrol requeue 4711_0"));
    Deno.kill(two!, "SIGTERM");
    await eventually(
      "both have ended",
      async () => (await pools(folder, ["--all"], env))[0]!.workers.every(({ state }) => state === "ended"),
    );
    await sleep(100);
    assert.ok(!(await told(folder)).includes("scontrol requeue 4711_1"));
    const ends = (await pools(folder, ["--all"], env))[0]!.workers.map(({ why }) => why);
    assert.deepEqual(ends, ["left", "left"]);
    assert.deepEqual(
      [...Deno.readDirSync(join(folder, "cache/leases"))].map(({ name }) => name),
      ["owners"],
      "no lease is left",
    );
    run.child.kill("SIGINT");
    await run.ended;
    const records = (await tallied(lines)).length;
    const rest = await launch(folder, ["--jobs", "2"], params, env).ended;
    assert.equal(rest.code, 0, rest.stderr);
    assert.equal((await tallied(lines)).length, 26, `nothing is computed twice (${records} before)`);
  }));
