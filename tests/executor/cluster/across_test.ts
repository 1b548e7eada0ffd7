/** @file Runs on worker processes of this machine: the same results and words as a run without, whatever ends when. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath as fromFileUrl } from "node:url";
import { digests, having } from "../_support.ts";
import { serially, tallied, tally, withFolder } from "../_stress.ts";
import { engram, eventually, launch, logsOf, pools, programs, repository } from "./_support.ts";

const two = ["--launcher", "local", "--workers", "2"];

Deno.test("run --launcher local gives the results, counts and files of a run without", () =>
  withFolder(async (folder) => {
    const lines = join(folder, "tally");
    const { code, report, stderr } = await launch(folder, two, { n: 20, milliseconds: 30, tally: lines }).ended;
    assert.equal(code, 0, stderr);
    assert.deepEqual(digests(report!), digests(await serially(join(folder, "serial/cache"), { n: 20 })));
    assert.deepEqual(having(report!, "ran"), ["load", "work", "join"]);
    assert.equal((await tallied(lines)).length, 22);
    const text = await Deno.readTextFile(join(folder, "serial/out-serial/tally.txt"));
    assert.equal(await Deno.readTextFile(join(folder, "out/tally.txt")), text);
    const [pool] = await pools(folder, ["--all"]);
    assert.equal(pool!.alive, false);
    assert.ok(pool!.workers.every(({ state, why }) => state === "ended" && ["drained", "left"].includes(why)));
    assert.equal(pool!.ran, 22);
    assert.ok(pool!.workers.every(({ ran }) => ran > 0), "one worker did everything");
  }));

Deno.test("run --launcher local tells a failure as a run without does, once, and keeps what is done", () =>
  withFolder(async (folder) => {
    const lines = join(folder, "tally");
    const failed = await launch(folder, two, { n: 12, refuse: 5, tally: lines }).ended;
    assert.equal(failed.code, 1, failed.stderr);
    assert.match(failed.report!.error!.message, /^branch 5 of 12: Cannot work on 5: told to refuse it/);
    assert.deepEqual(failed.report!.nodes[1]!.branches, { total: 12, ran: 11, cached: 0, failed: 1 });
    assert.equal(
      (await tallied(lines)).filter((line) => line === "work 5").length,
      1,
      "one worker tries, the others are told",
    );
    const [pool] = await pools(folder, ["--all"]);
    assert.deepEqual(pool!.failures.map(({ node, branch }) => [node, branch]), [["work", 5]]);
    const fixed = await launch(folder, two, { n: 12, tally: lines }).ended;
    assert.equal(fixed.code, 0, fixed.stderr);
    assert.deepEqual(fixed.report!.nodes[1]!.branches, { total: 12, ran: 1, cached: 11, failed: 0 });
  }));

Deno.test("run --launcher local: an interrupt ends the workers, which give back their leases; the next run goes on", () =>
  withFolder(async (folder) => {
    const lines = join(folder, "tally");
    const params = { n: 20, milliseconds: 200, tally: lines };
    const { child, ended } = launch(folder, two, params);
    await eventually("some are computed", async () => (await tallied(lines)).length > 5);
    child.kill("SIGINT");
    assert.equal((await ended).code, 130);
    const [pool] = await pools(folder, ["--all"]);
    assert.equal(pool!.alive, false);
    assert.ok(pool!.workers.every(({ why }) => why === "left"), JSON.stringify(pool!.workers));
    assert.deepEqual([...Deno.readDirSync(join(folder, "cache/leases"))].map(({ name }) => name), ["owners"]);
    const again = await launch(folder, two, params).ended;
    assert.equal(again.code, 0, again.stderr);
    assert.equal((await tallied(lines)).length, 22, "what was being computed was finished before it ended");
  }));

Deno.test("run --launcher local says that its workers have ended, and why, instead of waiting for ever", () =>
  withFolder(async (folder) => {
    const lines = join(folder, "tally");
    const run = launch(folder, two, { milliseconds: 60_000, tally: lines });
    await eventually("both work", async () => (await tallied(lines)).length > 2);
    const [pool] = await pools(folder);
    for (const { pid } of pool!.workers) Deno.kill(pid, "SIGKILL");
    const { code, report } = await run.ended;
    assert.equal(code, 1);
    assert.match(report!.error!.message, /^All workers have ended.*run this again to go on with new ones$/);
    assert.deepEqual(having(report!, "ran"), ["load"]);
  }));

Deno.test("run --launcher none prints a command; a worker started with it does the work, and one of other code refuses", () =>
  withFolder(async (folder) => {
    const lines = join(folder, "tally");
    const params = { n: 8, tally: lines };
    const run = launch(folder, ["--launcher", "none"], params);
    let id = "";
    await eventually("there is a pool", async () => {
      const [pool] = await pools(folder).catch(() => []);
      return (id = pool?.id ?? "") !== "";
    });
    const command = ["worker", "--pool", id, "--cache", join(folder, "cache")];
    const worker = await engram([...command, "--jobs", "1"]).ended;
    assert.equal(worker.code, 0, worker.stderr);
    assert.match(worker.stderr, /Ended, as nothing is left to take: ran 10/);
    const { code, report, stderr } = await run.ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, new RegExp(`start workers anywhere .* worker --pool ${id} --cache`));
    assert.deepEqual(digests(report!), digests(await serially(join(folder, "serial/cache"), { n: 8 })));
    const pool = JSON.parse(await Deno.readTextFile(join(folder, "cache/pools", id, "pool.json")));
    await Deno.writeTextFile(
      join(folder, "cache/pools", id, "pool.json"),
      JSON.stringify({ ...pool, fingerprint: "x" }),
    );
    const other = await engram(command).ended;
    assert.equal(other.code, 2);
    assert.match(other.stderr, /the code or the pipeline is not what it was begun with; run the pipeline again/);
    const unknown = await engram(["worker", "--pool", "nobody", "--cache", join(folder, "cache")]).ended;
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /Cannot find the pool "nobody"/);
  }));

Deno.test("the guide's recipe for a list of hosts runs workers by ssh", () =>
  withFolder(async (folder) => {
    const guide = await Deno.readTextFile(join(repository, "docs/guides/cluster.md"));
    const recipe = [...guide.matchAll(/```sh\n(.*?)```/gs)].map(([, text]) => text!).find((text) =>
      text.includes("hosts.txt")
    )!;
    const words = [
      "run",
      "-A",
      join(repository, "cli/main.ts"),
      "run",
      tally,
      "--no-check",
      "--cache",
      join(folder, "cache"),
    ];
    const command = [Deno.execPath(), ...words, "--out", folder, "--data", folder, "--set", "n=20"].join(" ");
    assert.match(recipe, /deno task run pipelines\/table1.ts /);
    await Deno.writeTextFile(join(folder, "recipe.sh"), recipe.replace("deno task run pipelines/table1.ts", command));
    await Deno.writeTextFile(join(folder, "hosts.txt"), "one\ntwo\n");
    // Two shells in the place of two hosts.
    const path = await programs(join(folder, "bin"), { ssh: `echo "$2" >>"${folder}/asked"; exec bash -c "$3"` });
    const { success, stderr } = await new Deno.Command("bash", {
      args: ["recipe.sh"],
      cwd: folder,
      env: { PATH: path, NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    assert.deepEqual((await Deno.readTextFile(join(folder, "asked"))).trim().split("\n").sort(), ["one", "two"]);
    const report = JSON.parse(await Deno.readTextFile(join(folder, "report.json")));
    assert.deepEqual(report.counts, { ran: 3, cached: 0, cutoff: 0, failed: 0, skipped: 0 });
    assert.equal((await pools(folder, ["--all"]))[0]!.ran, 22);
  }));

const needs = fromFileUrl(new URL("../fixtures/needs.ts", import.meta.url));

Deno.test("run --profile with pools has stages that need a GPU computed by its crew, and others by the other", () =>
  withFolder(async (folder) => {
    const profile = join(folder, "site.yaml");
    await Deno.writeTextFile(
      profile,
      "launcher: local\npools: { gpu: { workers: 1, idle: 60 }, cpu: { workers: 1, idle: 60 } }\n",
    );
    const { code, report, stderr } = await launch(folder, ["--profile", profile], {}, {}, needs).ended;
    assert.equal(code, 0, stderr);
    assert.deepEqual(having(report!, "ran"), ["start", "heavy", "light"]);
    const [pool] = await pools(folder, ["--all"], {}, needs);
    const ran = Object.fromEntries(pool!.workers.map(({ crew, ran }) => [crew, ran]));
    assert.deepEqual(ran, { cpu: 4, gpu: 3 }, await logsOf(folder));
    await Deno.writeTextFile(profile, "launcher: local\npools: { cpu: { workers: 1 } }\n");
    const fewer = await launch(folder, ["--profile", profile, "--set", "by=3"], {}, {}, needs).ended;
    assert.equal(fewer.code, 2, fewer.stderr);
    assert.match(fewer.stderr, /Cannot find workers for stage "heavy": the profile's pools are cpu; add one named gpu/);
  }));

const together = fromFileUrl(new URL("../fixtures/together.ts", import.meta.url));

Deno.test("run --launcher local has groups of branches computed by several workers, and no branch twice", () =>
  withFolder(async (folder) => {
    const lines = join(folder, "tally");
    const params = { n: 24, how: { most: 4, milliseconds: 60 }, tally: lines };
    const { code, report, stderr } = await launch(
      folder,
      ["--launcher", "local", "--workers", "3"],
      params,
      {},
      together,
    ).ended;
    assert.equal(code, 0, stderr);
    const calls = (await tallied(lines)).filter((line) => /^(work|together)/.test(line));
    const numbers = calls.flatMap((line) => line.split(" ").slice(1).map(Number)).sort((a, b) => a - b);
    assert.deepEqual(numbers, Array.from({ length: 24 }, (_, i) => i), calls.join("\n"));
    const alone = { ...params, tally: join(folder, "alone-tally") };
    const whole = await launch(join(folder, "alone"), ["--jobs", "1"], alone, {}, together).ended;
    assert.deepEqual(digests(report!), digests(whole.report!));
  }));

Deno.test("worker --idle ends a worker that finds nothing to take for some time", () =>
  withFolder(async (folder) => {
    const lines = join(folder, "tally");
    const run = launch(folder, ["--launcher", "local", "--workers", "1"], { n: 1, milliseconds: 8000, tally: lines });
    await eventually("the branch is being computed", async () => (await tallied(lines)).length > 1);
    const [pool] = await pools(folder);
    const idle = await engram(["worker", "--pool", pool!.id, "--cache", join(folder, "cache"), "--idle", "1s"]).ended;
    assert.equal(idle.code, 0, idle.stderr);
    assert.match(idle.stderr, /Ended, as others are at what is left: ran 0/);
    assert.equal((await run.ended).code, 0);
    assert.deepEqual(await tallied(lines), ["join", "load", "work 0"]);
  }));

Deno.test("a worker's script goes on without a scratch folder that is full or cannot be made", () =>
  withFolder(async (folder) => {
    const path = await programs(join(folder, "bin"), {
      sbatch:
        `script=\${@: -1}; SLURM_CPUS_ON_NODE=1 setsid bash "$script" >"$(dirname "$script")/any-0.log" 2>&1 </dev/null &
echo 1`,
      squeue: "echo RUNNING",
    });
    const env = { PATH: path, SLURM_TMPDIR: "/proc/no/such/folder" };
    const { code, stderr } = await launch(folder, ["--launcher", "slurm", "--workers", "1"], {}, env).ended;
    assert.equal(code, 0, stderr);
    assert.match(
      await logsOf(folder),
      /Cannot use the scratch folder \/proc\/no\/such\/folder: the worker goes on without it/,
    );
  }));
