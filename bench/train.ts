/**
 * @file Images per second of training, against PyTorch and tfjs's own backends, in one run on one machine.
 *
 * Each line is the median of several repeats after a warm-up; Engram and PyTorch take turns repeat by repeat, so that a
 * busy machine slows both. PyTorch is optional: `python3 -m pip install torch` (the CPU build is enough).
 *
 *     deno run -A bench/train.ts                 # all models
 *     deno run -A bench/train.ts cnn resnet18    # some of them
 *     deno run -A bench/train.ts cnn 1           # on one thread only
 *
 * On one thread time is the processor's, so that other work on the machine does not count; on more it is the clock's, and
 * the machine should be idle.
 */

import { engramTrainer, peakRate } from "./peers/engram.ts";
import { tfjsTrainer } from "./peers/tfjs.ts";
import { Torch } from "./peers/torch.ts";
import { type Trainable, trainingOperations, workload, WORKLOADS } from "./peers/workload.ts";
import { time } from "./processes.ts";
import { median } from "./statistics.ts";

/** Repeats of small networks, and of those whose single steps take long. */
const REPEATS = { small: 7, large: 3 } as const;
/** Milliseconds between turns: idle threads of onnxruntime and of OpenMP spin for a while, on cores that others want. */
const REST = 100;
/** Images of tfjs's steps, whose cpu backend needs seconds for a few. It is measured on the small networks only. */
const TFJS: Readonly<Record<string, { readonly cpu: number; readonly wasm: number }>> = {
  logistic: { cpu: 128, wasm: 128 },
  mlp: { cpu: 32, wasm: 128 },
  cnn: { cpu: 4, wasm: 128 },
};

interface Line {
  readonly peer: string;
  readonly threads: number;
  readonly rate: number | string;
}

/** Warms trainers up, then measures them in turns; one that does not work says why. */
async function race(trainers: readonly Trainable[], steps: number): Promise<(number | string)[]> {
  const rates = trainers.map((): number[] => []);
  const failures = new Map<number, string>();
  for (let repeat = -1; repeat < (steps > 2 ? REPEATS.small : REPEATS.large); repeat++) {
    for (const [index, trainer] of trainers.entries()) {
      if (failures.has(index)) continue;
      try {
        await new Promise((resolve) => setTimeout(resolve, REST));
        const rate = await trainer.run(repeat < 0 ? Math.ceil(steps / 4) : steps);
        if (repeat >= 0) rates[index]!.push(rate);
      } catch (error) {
        failures.set(index, error instanceof Error ? error.message : String(error));
      }
    }
  }
  for (const trainer of trainers) await trainer.dispose();
  return rates.map((each, index) => failures.get(index) ?? median(each));
}

async function compiled(model: string, threads: number, torch: Torch | undefined): Promise<Line[]> {
  const peers: [string, Trainable][] = [["Engram", engramTrainer(model, threads)]];
  const { image, steps } = workload(model);
  const layouts = image.channels > 1 ? ["channels_last"] as const : [];
  // Compiling the largest takes minutes, for convolutions and products that are the same library's.
  const compiler = steps > 1 ? ["compile"] as const : [];
  for (const mode of ["eager", ...layouts, ...compiler] as const) {
    if (torch) peers.push([`PyTorch, ${mode.replace("_", " ")}`, torch.trainer(model, mode, threads)]);
  }
  const rates = await race(peers.map(([, trainer]) => trainer), steps);
  return peers.map(([peer], index) => ({ peer, threads, rate: rates[index]! }));
}

async function eager(backend: "cpu" | "wasm", model: string): Promise<Line> {
  const peer = `tfjs 4.22 ${backend}`;
  try {
    const trainer = await tfjsTrainer(backend, model, TFJS[model]![backend]);
    const rates = [await trainer.run(1), await trainer.run(1), await trainer.run(1)];
    await trainer.dispose();
    return { peer, threads: 1, rate: median(rates.slice(1)) };
  } catch (error) {
    return { peer, threads: 1, rate: `cannot: ${String(error).split("\n")[0]!.slice(0, 80)}` };
  }
}

/** The table of one model. A ratio is Engram's rate to the line's; a peak's share is that of Engram's matrix products. */
function print(model: string, lines: readonly Line[], peaks: Readonly<Record<number, number>>): void {
  console.log(`\n| ${model} | threads | images/s | Engram is | of peak |\n|---|---:|---:|---:|---:|`);
  const operations = trainingOperations(workload(model));
  for (const { peer, threads, rate } of lines) {
    const own = lines.find((line) => line.peer === "Engram" && line.threads === threads)?.rate;
    const both = typeof rate === "number" && typeof own === "number";
    const ratio = both && peer !== "Engram" ? `${(own / rate).toPrecision(3)}x as fast` : "";
    const share = typeof rate === "number" ? `${Math.round(rate * operations / peaks[threads]! / 1e7)} %` : "";
    const shown = typeof rate === "number" ? Math.round(rate) : rate;
    console.log(`| ${peer} | ${threads} | ${shown} | ${ratio} | ${share} |`);
  }
}

/** Whole processes that load, compile and do one step: seconds, and the memory they held. */
async function printCosts(models: readonly string[], torch: boolean): Promise<void> {
  console.log("\n| one step in a fresh process | Engram compiles | Engram | PyTorch |\n|---|---:|---:|---:|");
  const directory = new URL("./peers/", import.meta.url).pathname;
  for (const model of models) {
    const own = await time(Deno.execPath(), ["run", "-A", `${directory}engram.ts`, model, "2"]);
    const { compileSeconds, peakMegabytes } = JSON.parse(own.stdout) as Record<string, number>;
    const line = `echo "${model} eager 2 1" | python3 ${directory}torch_train.py`;
    const peer = torch ? await time("sh", ["-c", `(${line}; echo) | cat`]) : undefined;
    const memory = torch ? await torchMemory(directory, model) : undefined;
    const theirs = peer ? `${peer.seconds.toFixed(2)} s, ${Math.round(memory!)} MB` : "";
    const ours = `${own.seconds.toFixed(2)} s, ${Math.round(peakMegabytes!)} MB`;
    console.log(`| ${model} | ${compileSeconds!.toFixed(2)} s | ${ours} | ${theirs} |`);
  }
}

async function torchMemory(directory: string, model: string): Promise<number> {
  const script = `printf '${model} eager 2 1\\nmemory\\n' | python3 ${directory}torch_train.py | tail -1`;
  return Number((await time("sh", ["-c", script])).stdout) * 1.048576;
}

async function main(): Promise<void> {
  const named = Deno.args.filter((each) => !Number(each));
  const models = named.length > 0 ? named : Object.keys(WORKLOADS);
  const counts = Deno.args.map(Number).filter((each) => each > 0);
  const threadCounts = counts.length > 0 ? counts : [1, 2];
  const torch = await Torch.start();
  if (!torch) console.log("PyTorch is not installed: its lines are left out (python3 -m pip install torch)");
  const peaks: Record<number, number> = { 1: await peakRate(1), 2: await peakRate(2) };
  for (const model of models) {
    const lines: Line[] = [];
    for (const threads of threadCounts) lines.push(...await compiled(model, threads, torch));
    if (model in TFJS) { for (const backend of ["wasm", "cpu"] as const) lines.push(await eager(backend, model)); }
    // Another program may have slowed the first measurement down.
    for (const threads of [1, 2]) peaks[threads] = Math.max(peaks[threads]!, await peakRate(threads));
    print(model, lines, peaks);
  }
  for (const threads of [1, 2]) {
    const theirs = torch && `, ${torch.version} ${Math.round(Number(await torch.ask(`peak ${threads}`)))}`;
    console.log(
      `\nMatrix products, ${threads} thread(s), GFLOP/s: Engram ${Math.round(peaks[threads]!)}${theirs ?? ""}`,
    );
  }
  await torch?.stop();
  await printCosts(models, torch !== undefined);
}

if (import.meta.main) await main();
