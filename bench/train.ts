/**
 * @file Images per second of training, against tfjs's own backends and PyTorch, in one run on one machine.
 *
 * Each line is the median of several repeats after a warm-up; Engram and PyTorch take turns repeat by repeat, so that a
 * busy machine slows both. PyTorch is optional: `python3 -m pip install torch` (the CPU build is enough).
 *
 *     deno run -A bench/train.ts
 */

import { engramTrainer } from "./peers/engram.ts";
import { tfjsTrainer } from "./peers/tfjs.ts";
import { Torch } from "./peers/torch.ts";
import type { ModelName, Trainable } from "./peers/workload.ts";
import { median } from "./statistics.ts";

const REPEATS = 9;
/** Steps of a repeat: a few tenths of a second. */
const STEPS = { mlp: 100, cnn: 16 } as const;
/** tfjs's cpu backend needs seconds for a few images. */
const TFJS = { cpu: { mlp: 32, cnn: 4 }, wasm: { mlp: 128, cnn: 128 } } as const;

interface Line {
  readonly peer: string;
  readonly threads: number;
  readonly rate: number | string;
}

/** Warms trainers up, then measures them in turns. */
async function race(trainers: readonly Trainable[], steps: number): Promise<number[]> {
  const rates = trainers.map((): number[] => []);
  for (let repeat = -1; repeat < REPEATS; repeat++) {
    for (const [index, trainer] of trainers.entries()) {
      const rate = await trainer.run(repeat < 0 ? Math.ceil(steps / 4) : steps);
      if (repeat >= 0) rates[index]!.push(rate);
    }
  }
  for (const trainer of trainers) await trainer.dispose();
  return rates.map((each) => median(each));
}

async function compiled(model: ModelName, threads: number, torch: Torch | undefined): Promise<Line[]> {
  const peers: [string, Trainable][] = [["Engram", engramTrainer(model, threads)]];
  if (torch) {
    peers.push([torch.version, torch.trainer(model, "contiguous", threads)]);
    if (model === "cnn") {
      peers.push([`${torch.version}, channels last`, torch.trainer(model, "channels_last", threads)]);
    }
  }
  const rates = await race(peers.map(([, trainer]) => trainer), STEPS[model]);
  return peers.map(([peer], index) => ({ peer, threads, rate: rates[index]! }));
}

async function eager(backend: "cpu" | "wasm", model: ModelName): Promise<Line> {
  const peer = `tfjs 4.22 ${backend}`;
  try {
    const trainer = await tfjsTrainer(backend, model, TFJS[backend][model]);
    const rates = [await trainer.run(1), await trainer.run(1), await trainer.run(1)];
    await trainer.dispose();
    return { peer, threads: 1, rate: median(rates.slice(1)) };
  } catch (error) {
    return { peer, threads: 1, rate: `cannot: ${String(error).split("\n")[0]!.slice(0, 80)}` };
  }
}

function print(model: ModelName, lines: readonly Line[]): void {
  console.log(`\n| ${model} | threads | images/s | Engram is |\n|---|---:|---:|---:|`);
  for (const { peer, threads, rate } of lines) {
    const own = lines.find((line) => line.peer === "Engram" && line.threads === threads)?.rate;
    const ratio = typeof rate === "number" && typeof own === "number" && peer !== "Engram"
      ? `${(own / rate).toPrecision(3)}x as fast`
      : "";
    console.log(`| ${peer} | ${threads} | ${typeof rate === "number" ? Math.round(rate) : rate} | ${ratio} |`);
  }
}

async function main(): Promise<void> {
  const torch = await Torch.start();
  if (!torch) console.log("PyTorch is not installed: its lines are left out (python3 -m pip install torch)");
  for (const model of ["mlp", "cnn"] as const) {
    const lines: Line[] = [];
    for (const threads of [1, 2]) lines.push(...await compiled(model, threads, torch));
    for (const backend of ["wasm", "cpu"] as const) lines.push(await eager(backend, model));
    print(model, lines);
  }
  await torch?.stop();
}

if (import.meta.main) await main();
