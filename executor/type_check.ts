/** @file Type-checks a pipeline before it runs: Deno erases types when it runs a file, and a wrong wire costs hours. */
import { fileURLToPath, pathToFileURL } from "node:url";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { RequestError } from "./errors.ts";

/** Lines of the compiler's first message that are worth repeating. */
const SHOWN = 12;

/**
 * Starts type-checking a pipeline file; YAML has its own checks. Deno remembers files that it found right.
 *
 * @returns a function that waits for the verdict and throws RequestError with the compiler's first message.
 */
export function startTypeCheck(pipeline: string): () => Promise<void> {
  const path = pipeline.startsWith("file:") ? fileURLToPath(pipeline) : resolve(pipeline);
  if (!/\.[cm]?tsx?$/.test(path)) return () => Promise.resolve();
  const output = new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", ...configArguments(), pathToFileURL(path).href],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  output.catch(() => {}); // Whoever waits is told; a request that fails earlier does not wait.
  return async () => {
    const { success, stderr } = await output;
    if (success) return;
    const text = new TextDecoder().decode(stderr).replace(/\n+error: Type checking failed[\s\S]*$/, "").trim();
    const errors = text.split(/\n\n(?=TS\d+ )/);
    const lines = errors[0]!.split("\n");
    const first = lines.length > SHOWN ? [...lines.slice(0, SHOWN), "…"] : lines;
    throw new RequestError(
      `Pipeline "${pipeline}" does not type-check:\n${first.join("\n")}\nSee all with "deno check ${pipeline}"`,
    );
  };
}

/** The configuration that this program runs under: the one above its main module. */
function configArguments(): string[] {
  if (!Deno.mainModule.startsWith("file:")) return [];
  for (let folder = dirname(fileURLToPath(Deno.mainModule));; folder = dirname(folder)) {
    const config = join(folder, "deno.json");
    if (existsSync(config)) return ["--config", config];
    if (dirname(folder) === folder) return [];
  }
}
