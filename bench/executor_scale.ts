/** @file Engram alone: many branches, and large artifacts. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Store } from "../cache/mod.ts";
import type { Report } from "../executor/mod.ts";
import { time } from "./processes.ts";

const main = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
const toy = fileURLToPath(new URL("./peers/executor/toy.ts", import.meta.url));

const Large = { name: "Large", columns: { value: { dtype: "float32", dims: ["column"] } } } as const;

/** Runs and reruns a mapped stage of so many trivial branches, and prints what it takes. */
export async function manyBranches(folder: string, items: number, jobs: number): Promise<void> {
  const words = [toy, "--set", `items=${items}`, "--json", "--quiet", "--no-check"];
  const folders = ["--cache", join(folder, "store"), "--data", folder];
  const running = ["--out", folder, "--jobs", `${jobs}`];
  async function timed(verb: string, ...options: string[]): Promise<Report> {
    const args = ["run", "-A", main, verb, ...words, ...folders, ...options];
    const { seconds, peakMegabytes, stdout } = await time(Deno.execPath(), args);
    const report = JSON.parse(stdout) as Report;
    const node = report.nodes.find(({ stage }) => stage === "double")!;
    const each = node.branches.ran > 0 ? `${(1000 * node.seconds / node.branches.ran).toFixed(2)} ms` : "";
    const peak = peakMegabytes === undefined ? "?" : peakMegabytes.toFixed(0);
    console.log(
      `| ${verb.padEnd(4)} ${options.includes("--set") ? "(one changed)" : ""} | ${items} | ${node.branches.ran} | ` +
        `${seconds.toFixed(2)} | ${each} | ${peak} |`,
    );
    return report;
  }
  await timed("run", ...running);
  await timed("plan");
  await timed("run", ...running);
  await timed("run", ...running, "--set", "first=-0.5");
}

/** Publishes and reads an artifact, and prints megabytes (10^6 bytes) a second. */
export async function largeArtifact(folder: string, megabytes: number): Promise<void> {
  const store = await Store.open(join(folder, "large"));
  const columns = 1 << 10;
  const elements = Math.round(megabytes * 1e6 / 4 / columns) * columns;
  const data = Float32Array.from({ length: elements }, (_, i) => Math.sin(i));
  const before = Deno.memoryUsage().rss;
  const table = { value: { data, shape: [elements / columns, columns] } };
  const began = performance.now();
  const { digest, bytes } = await store.writeTable(Large, table);
  const published = performance.now();
  await store.flush();
  const flushed = performance.now();
  await (await Store.open(join(folder, "large"))).readTable(Large, digest);
  const read = performance.now();
  const rate = (milliseconds: number) => `${(bytes / 1e3 / milliseconds).toFixed(0)} MB/s`;
  const extra = (Deno.memoryUsage().rss - before) / 1e6;
  console.log(`| publish ${megabytes} MB | ${rate(published - began)} |`);
  console.log(`| publish and flush to the disk | ${rate(flushed - began)} |`);
  console.log(`| read and check | ${rate(read - flushed)} |`);
  console.log(`\nMemory afterwards, beyond the artifact itself: ${extra.toFixed(0)} MB`);
}
