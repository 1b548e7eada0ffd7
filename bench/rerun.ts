/**
 * @file Reruns of a pipeline that is cached: nothing runs, and how long saying so takes. The pipeline is run first if it
 * is not cached yet. Times are of whole processes, from the start of `deno` to its end.
 *
 * `deno run -A bench/rerun.ts [PIPELINE] [PRESET] [STORE]`
 */
import { median } from "./statistics.ts";

const [pipeline = "pipelines/table1.ts", preset = "tiny", store = ".engram"] = Deno.args;
const REPEATS = 9;

/** Seconds that one process takes. */
async function seconds(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return (performance.now() - started) / 1000;
}

async function repeated(args: readonly string[]): Promise<string> {
  const times: number[] = [];
  for (let i = 0; i < REPEATS; i++) times.push(await seconds(args));
  times.sort((a, b) => a - b);
  const [least, most] = [times[0]!, times.at(-1)!];
  return `${median(times).toFixed(3)} s (${least.toFixed(3)}-${most.toFixed(3)})`;
}

const options = [pipeline, "--preset", preset, "--cache", store, "--json"];
const run = ["run", "-A", "cli/main.ts", "run", ...options];
await seconds(run);

console.log(`Median of ${REPEATS} (least-most), ${pipeline}, preset ${preset}, everything cached`);
console.log(`empty program   ${await repeated(["eval", ""])}`);
console.log(`plan            ${await repeated(["run", "-A", "cli/main.ts", "plan", ...options])}`);
console.log(`run             ${await repeated(run)}`);
console.log(`run, by task    ${await repeated(["task", "run", ...options])}`);
