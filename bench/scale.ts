/**
 * @file Workers: what a branch costs beside computing it, how a zoo gets faster with a second worker, and where a cluster
 * would be held up first (docs/scaling.md).
 *
 * `deno run -A bench/scale.ts [--parts costs,branches,zoo,simulation] [--branches 1000,10000] [--workers 1,4,8]
 * [--folder DIR]`
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Report } from "../executor/mod.ts";
import { time } from "./processes.ts";
import { measureCosts } from "./scale_costs.ts";
import { printSimulation } from "./scale_simulation.ts";

const { values: flags } = parseArgs({
  options: {
    parts: { type: "string", default: "costs,branches,zoo,simulation" },
    branches: { type: "string", default: "1000,10000" },
    workers: { type: "string", default: "1,4,8" },
    folder: { type: "string", default: Deno.env.get("TMPDIR") ?? "/tmp" },
    repeats: { type: "string", default: "3" },
  },
});

const main = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
const toy = fileURLToPath(new URL("./peers/executor/toy.ts", import.meta.url));
const table1 = fileURLToPath(new URL("../pipelines/table1.ts", import.meta.url));
const parts = flags.parts.split(",");

function numbers(text: string): number[] {
  return text.split(",").map(Number);
}

/** Runs a pipeline on so many workers of this machine, in a store of its own; gives the report and the seconds. */
async function run(
  pipeline: string,
  workers: number,
  ...words: readonly string[]
): Promise<{ readonly report: Report; readonly seconds: number }> {
  const folder = await Deno.makeTempDir({ dir: flags.folder, prefix: "engram-scale-" });
  try {
    const folders = ["--cache", join(folder, "store"), "--out", join(folder, "out")];
    const given = ["--no-check", "--json", "--quiet", "--jobs", "1", "--launcher", "local", "--workers", `${workers}`];
    const args = ["run", "-A", main, "run", pipeline, ...folders, ...given, ...words];
    const { stdout, seconds } = await time(Deno.execPath(), args);
    return { report: JSON.parse(stdout) as Report, seconds };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function branches(): Promise<void> {
  console.log("| workers | branches | seconds | a branch | times cores at work |");
  console.log("| ------: | -------: | ------: | -------: | ------------------: |");
  for (const count of numbers(flags.branches)) {
    for (const workers of numbers(flags.workers)) {
      const { report } = await run(toy, workers, "--data", flags.folder, "--set", `items=${count}`);
      const node = report.nodes.find(({ stage }) => stage === "double")!;
      if (node.branches.ran !== count) throw new Error(`${node.branches.ran} of ${count} branches ran`);
      const each = 1000 * node.seconds / count;
      const cores = Math.min(workers, navigator.hardwareConcurrency);
      console.log(
        `| ${workers} | ${count} | ${node.seconds.toFixed(2)} | ${each.toFixed(2)} ms | ${
          (each * cores).toFixed(2)
        } ms |`,
      );
    }
  }
}

async function zoo(): Promise<void> {
  console.log("| workers | seconds of `sgd/train` | whole command | digest |");
  console.log("| ------: | ---------------------: | ------------: | ------ |");
  // One untimed, which finds devices and fills the disk's cache; then in turns.
  const seconds = new Map<number, number[]>([[1, []], [2, []]]);
  const words = ["--preset", "tiny", "--only", "sgd/train", "--set", "members=16", "--device", "cpu"];
  await run(table1, 1, ...words);
  for (let repeat = 0; repeat < Number(flags.repeats); repeat++) {
    for (const workers of [1, 2]) {
      const { report, seconds: whole } = await run(table1, workers, ...words);
      const node = report.nodes.find(({ id }) => id === "sgd/train")!;
      seconds.get(workers)!.push(node.seconds);
      console.log(`| ${workers} | ${node.seconds.toFixed(2)} | ${whole.toFixed(2)} | ${node.digest!.slice(0, 12)} |`);
    }
  }
  const [one, two] = [1, 2].map((workers) => Math.min(...seconds.get(workers)!));
  console.log(`\nSpeed-up of the fastest of ${flags.repeats}: ${(one! / two!).toFixed(2)}`);
}

if (parts.includes("costs")) await measureCosts(flags.folder, true);
if (parts.includes("branches")) await branches();
if (parts.includes("zoo")) await zoo();
if (parts.includes("simulation")) printSimulation(await measureCosts(flags.folder, false));
