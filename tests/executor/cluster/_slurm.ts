/** @file A Slurm of a test's own: two virtual nodes on loopback, as `.ci/start-slurm` starts them. */
import { join } from "node:path";
import { filesUnder, withFolder } from "../_stress.ts";
import { repository, sleep } from "./_support.ts";

/** Whether tests of the real Slurm are skipped: `.ci/run` installs it and sets the variable. */
export const ignore = Deno.env.get("ENGRAM_TEST_SLURM") === undefined;

/** A Slurm of its own. */
export interface Cluster {
  /** A folder for the test. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs one of its commands. */
  slurm(program: string, ...args: readonly string[]): Promise<string>;
  /** Kills a daemon (-9): `slurmctld`, `slurmd-n1`. */
  kill(daemon: string): Promise<void>;
}

/** Runs a test on a Slurm of its own. */
export async function withCluster(test: (cluster: Cluster) => Promise<void>): Promise<void> {
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

/** Options of `run` for so many workers through Slurm. */
export function slurmWords(workers: number, ...more: readonly string[]): readonly string[] {
  return ["--launcher", "slurm", "--workers", String(workers), ...more];
}

/** Writes a profile and gives its path. */
export async function profileIn(folder: string, yaml: string): Promise<string> {
  const path = join(folder, "site.yaml");
  await Deno.writeTextFile(path, `${yaml}\n`);
  return path;
}
