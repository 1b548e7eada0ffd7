/** @file Writes a pipeline's tables and figures to files. */
import { join } from "node:path";
import type { Store } from "../cache/mod.ts";
import type { ArtifactType } from "../dsl/mod.ts";
import { messageOf, RequestError } from "./errors.ts";
import { withProvenance } from "./provenance.ts";

/** Whether an artifact is a document: rows of file extension and content. */
export function isDocument(type: ArtifactType): boolean {
  return Object.keys(type.columns).join() === "extension,content";
}

/**
 * Writes one output, a file for each row of the document, and returns their paths. `note` says where it came from; `fill`
 * puts facts into the places that a document in HTML has for them.
 */
export async function writeDocument(
  store: Store,
  type: ArtifactType,
  digest: string,
  { folder, stem, note, fill }: {
    readonly folder: string;
    readonly stem: string;
    readonly note: string;
    readonly fill: (content: string) => Promise<string>;
  },
): Promise<string[]> {
  const document = await store.readTable(type, digest) as { extension: readonly string[]; content: readonly string[] };
  try {
    await Deno.mkdir(folder, { recursive: true });
    const files = document.extension.map((extension) => join(folder, `${stem}.${extension}`));
    for (const [i, file] of files.entries()) {
      const [extension, content] = [document.extension[i]!, document.content[i]!];
      await writeIfChanged(file, withProvenance(extension, extension === "html" ? await fill(content) : content, note));
    }
    return files;
  } catch (cause) {
    throw new RequestError(`Cannot write to "${folder}": ${messageOf(cause)}; choose another folder with --out`, {
      cause,
    });
  }
}

/** Keeps a file that is right already, so that tools that watch it are left alone. */
async function writeIfChanged(file: string, content: string): Promise<void> {
  const present = await Deno.readTextFile(file).catch(() => undefined);
  if (present === content) return;
  const temporary = `${file}.${crypto.randomUUID()}.tmp`;
  await Deno.writeTextFile(temporary, content);
  await Deno.rename(temporary, file);
}
