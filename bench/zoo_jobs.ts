/**
 * @file Wall time of a zoo trained one model a core, which is what the executor does with `--jobs`: two jobs of one thread
 * each at a time, Engram's as workers, PyTorch's as processes; beside them PyTorch's one process on two threads.
 *
 * Medians of repeats in which all take turns, after a warm-up. Starting and compiling are left out: a job trains many
 * models. PyTorch is optional.
 *
 *     deno run -A bench/zoo_jobs.ts [mlp|cnn]
 */

import { engramJob } from "./peers/engram_job.ts";
import { Torch } from "./peers/torch.ts";
import { BATCH, type Trainable } from "./peers/workload.ts";
import { median } from "./statistics.ts";

const REPEATS = 7;
const EPOCH = 50_000;

interface Zoo {
  readonly models: number;
  /** Steps of each model in a repeat. */
  readonly steps: number;
  /** PyTorch's fastest eager mode. */
  readonly mode: "eager" | "channels_last";
}

const ZOOS: Readonly<Record<string, Zoo>> = {
  mlp: { models: 64, steps: 100, mode: "eager" },
  cnn: { models: 16, steps: 16, mode: "channels_last" },
};

/** Jobs that run side by side; the rate is that of all their images by the clock. */
function sideBySide(jobs: readonly Trainable[]): Trainable {
  return {
    async run(steps) {
      const begin = performance.now();
      await Promise.all(jobs.map((job) => job.run(steps)));
      return jobs.length * steps * BATCH / (performance.now() - begin) * 1000;
    },
    async dispose() {
      for (const job of jobs) await job.dispose();
    },
  };
}

async function table(name: string, { models, steps, mode }: Zoo, torches: readonly Torch[]): Promise<void> {
  const peers: [string, Trainable][] = [
    ["Engram, 2 jobs", sideBySide([engramJob(name), engramJob(name)])],
  ];
  const [first] = torches;
  if (first) {
    peers.push(
      [`${first.version}, 2 processes`, sideBySide(torches.map((torch) => torch.trainer(name, mode, 1)))],
      [`${first.version}, 2 threads`, first.trainer(name, mode, 2)],
    );
  }
  const rates = peers.map((): number[] => []);
  for (let repeat = -1; repeat < REPEATS; repeat++) {
    for (const [index, [, trainer]] of peers.entries()) {
      const rate = await trainer.run(repeat < 0 ? Math.ceil(steps / 4) : steps);
      if (repeat >= 0) rates[index]!.push(rate);
    }
  }
  console.log(`\n| ${models} ${name} | images/s (best) | zoo of one epoch, s | Engram is |\n|---|---:|---:|---:|`);
  const own = median(rates[0]!);
  for (const [index, [title, trainer]] of peers.entries()) {
    const rate = median(rates[index]!);
    const ratio = index === 0 ? "" : `${(own / rate).toPrecision(3)}x as fast`;
    const shown = `${Math.round(rate)} (${Math.round(Math.max(...rates[index]!))})`;
    console.log(`| ${title} | ${shown} | ${(models * EPOCH / rate).toFixed(1)} | ${ratio} |`);
    await trainer.dispose();
  }
}

if (import.meta.main) {
  const torches = (await Promise.all([Torch.start(), Torch.start()])).filter((torch) => torch !== undefined);
  if (torches.length === 0) {
    console.log("PyTorch is not installed: its lines are left out (python3 -m pip install torch)");
  }
  const names = Deno.args.length > 0 ? Deno.args : Object.keys(ZOOS);
  for (const name of names) await table(name, ZOOS[name]!, torches);
  for (const torch of torches) await torch.stop();
}
