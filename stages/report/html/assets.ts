/** @file What a page brings along: its style, and what draws figures in a browser. */
// deno-lint-ignore engram/no-files -- the stage names these files, so that their contents enter the key
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Text that stands in the page. */
export interface Assets {
  readonly style: string;
  /** In the order in which they run. */
  readonly scripts: readonly string[];
}

/** Packages with a build for browsers, in the order in which it is loaded. */
const BUILT = [["vega", "vega.min.js"], ["vega-lite", "vega-lite.min.js"], [
  "vega-embed",
  "vega-embed.min.js",
]] as const;

/** Never called: for these imports, Deno installs the packages and the cache knows their versions. */
export function packages(): Promise<unknown>[] {
  return [import("vega"), import("vega-lite"), import("vega-embed")];
}

/** Paths of all files: the style, then the scripts. Their contents enter the cache key. */
export function assetFiles(): string[] {
  const own = ["report.css", "client.js"].map((name) => fileURLToPath(new URL(name, import.meta.url)));
  return [own[0]!, ...BUILT.map(([name, file]) => builtFile(name, file)), own[1]!];
}

function builtFile(name: string, file: string): string {
  const found = import.meta.resolve(name);
  if (found.startsWith("file:")) return fileURLToPath(new URL(file, found));
  throw new Error(`Cannot find the files of package "${name}": it is not installed; run "deno install" and try again`);
}

/** Reads the files. */
export async function readAssets(): Promise<Assets> {
  const [style = "", ...scripts] = await Promise.all(assetFiles().map((path) => readFile(path, "utf8")));
  return { style, scripts: scripts.map(inScript) };
}

/** A script's text, in which nothing ends or hides the element it stands in, and nothing asks for another file. */
export function inScript(text: string): string {
  return text
    .replaceAll(/^\/\/# sourceMappingURL=.*$/gm, "")
    .replaceAll(/<\/(script)/gi, "<\\/$1")
    .replaceAll("<!--", "<\\!--")
    .trim();
}
