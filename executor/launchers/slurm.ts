/**
 * @file Workers through Slurm: one job array of identical workers. The index of a task selects nothing: whatever the
 * scheduler starts, when and how often, takes what is left. The controller is asked when workers are submitted and, while
 * somebody watches, twice a minute.
 */
import { join } from "node:path";
import type { Handle } from "../cluster/folder.ts";
import { denoDirectory, workerScript } from "./command.ts";
import { type Launcher, LaunchError, type Order } from "./launcher.ts";
import type { CrewSite } from "./profile.ts";

/** Seconds before the time limit in which a worker is told, unless the site says otherwise. */
const NOTICE_SECONDS = 120;

/** Arrays of up to so many tasks are allowed wherever nobody changed Slurm's default. */
const SAFE_ARRAY = 1000;

/** States in which a job has ended for good. In all others it runs, or will: those of lost nodes are requeued. */
const ENDED = new Set([
  "BOOT_FAIL",
  "CANCELLED",
  "COMPLETED",
  "DEADLINE",
  "FAILED",
  "OUT_OF_MEMORY",
  "REVOKED",
  "TIMEOUT",
]);

/** The launcher of Slurm's commands on PATH. */
export const slurm: Launcher = {
  patienceMs: 30_000,
  tied: false,

  async launch(order) {
    if (order.size > SAFE_ARRAY) await checkSize(order.size);
    const script = join(order.folder, `worker-${order.crew}.sh`);
    const requeue = 'scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"';
    await Deno.mkdir(order.folder, { recursive: true });
    await Deno.writeTextFile(script, workerScript(order, await denoDirectory(), { requeue }));
    const out = await ask("sbatch", [...flagsOf(order), script]);
    const job = /^(\d+)/.exec(out)?.[1]; // a cluster's name may follow
    if (job === undefined) throw new LaunchError(`Cannot read what sbatch answered: "${out.trim()}"`);
    return { handle: { launcher: "slurm", job }, told: `${order.size} workers as Slurm job ${job}` };
  },

  async alive(handle) {
    let out: string;
    try {
      out = await ask("squeue", ["--noheader", "--array", "--states=all", "--format=%T", `--jobs=${jobOf(handle)}`]);
    } catch (error) {
      // The controller forgets a job some minutes after its end.
      if (error instanceof LaunchError && /Invalid job id/i.test(error.message)) return 0;
      return undefined; // it may be down; workers go on without it
    }
    const states = out.split("\n").map((state) => state.trim());
    return states.filter((state) => state !== "" && !ENDED.has(state)).length;
  },

  async cancel(handle) {
    await ask("scancel", [jobOf(handle)]);
  },
};

function jobOf(handle: Handle): string {
  if (handle.launcher !== "slurm") {
    throw new TypeError(`Cannot find a Slurm job of workers launched by "${handle.launcher}"`);
  }
  return handle.job;
}

/** The options of sbatch. */
function flagsOf({ pipeline, size, folder, crew, site }: Order): string[] {
  const named: readonly (readonly [flag: string, value: CrewSite[keyof CrewSite]])[] = [
    ["partition", site.partition],
    ["account", site.account],
    ["qos", site.qos],
    ["gres", site.gres],
    ["constraint", site.constraint],
    ["cpus-per-task", site.cpus],
    ["mem", site.memory],
    ["time", site.time],
  ];
  return [
    "--parsable",
    `--job-name=engram-${pipeline}${crew === "any" ? "" : `-${crew}`}`,
    `--array=0-${size - 1}`,
    "--requeue",
    "--open-mode=append", // a requeued worker would otherwise begin the log anew
    `--signal=B:USR1@${site.notice ?? NOTICE_SECONDS}`,
    `--output=${join(folder, `${crew}-%a.log`)}`,
    ...named.filter(([, value]) => value !== undefined).map(([flag, value]) => `--${flag}=${value}`),
    ...(site.options ?? []),
  ];
}

async function checkSize(size: number): Promise<void> {
  const most = Number(/MaxArraySize\s*=\s*(\d+)/.exec(await ask("scontrol", ["show", "config"]))?.[1]);
  if (size < most || Number.isNaN(most)) return;
  throw new LaunchError(`Cannot submit ${size} workers as one array: this cluster's MaxArraySize allows ${most - 1}`);
}

/** Runs one of Slurm's commands and gives what it printed. */
async function ask(program: string, args: readonly string[]): Promise<string> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, { args: [...args], stdin: "null" }).output();
  } catch (cause) {
    throw new LaunchError(`Cannot find "${program}": run this where Slurm's commands are, such as a login node`, {
      cause,
    });
  }
  const decoder = new TextDecoder();
  if (output.success) return decoder.decode(output.stdout);
  throw new LaunchError(`Cannot use Slurm: ${program} says "${decoder.decode(output.stderr).trim()}"`);
}
