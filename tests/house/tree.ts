/** @file The repository's text files, as the tests of the house rules see them. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A text file: its path from the root, with "/" between folders, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What runs leave behind at the root: not part of the repository. */
const LEFT_BEHIND = new Set(["out", "data", "coverage"]);
const NOT_OURS = new Set(["node_modules", "__pycache__"]);
/** Other hidden folders (`.git`, `.engram`) are skipped. */
const HIDDEN_BUT_OURS = new Set([".ci", ".github", ".gitignore", ".gitattributes"]);

/** Every text file of the tree. What is not UTF-8 (fixtures) holds no prose and no code, and is left out. */
export function sourceFiles(): SourceFile[] {
  return [...filesBelow("")];
}

function* filesBelow(folder: string): Generator<SourceFile> {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(join(ROOT, folder))) {
    if (NOT_OURS.has(name) || (folder === "" && LEFT_BEHIND.has(name))) continue;
    if (name.startsWith(".") && !HIDDEN_BUT_OURS.has(name)) continue;
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory) yield* filesBelow(path);
    else if (isFile) {
      const text = decode(Deno.readFileSync(join(ROOT, path)));
      if (text !== undefined) yield { path, text };
    }
  }
}

function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
