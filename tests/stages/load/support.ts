/** @file What the tests of stages/load share: temporary folders, a context that records, and a tiny published set. */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ArtifactType, Node, Progress, StageContext, Value } from "../../../dsl/mod.ts";
import type { PinnedFile, PublishedSet, Source } from "../../../stages/load/sources/types.ts";

/** Runs `body` with a temporary folder that is removed afterwards. */
export async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "engram-load-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A stage context that keeps what is logged and reported. */
export function recordingContext(dataDirectory: string, signal = new AbortController().signal) {
  const logged: string[] = [];
  const reported: Progress[] = [];
  const context: StageContext = {
    branch: "",
    device: "cpu",
    dataDirectory,
    signal,
    progress: (progress) => void reported.push(progress),
    log: (message) => void logged.push(message),
  };
  return { context, logged, reported };
}

/** Runs the stage of a node that has no inputs. */
export async function runSource<A extends ArtifactType>(
  node: Node<A, "one">,
  context: StageContext,
): Promise<Value<A>> {
  return await node.stage.run({} as never, node.params as never, context) as Value<A>;
}

/** Pins contents. */
export function pin(name: string, contents: Uint8Array): PinnedFile {
  return { name, bytes: contents.length, sha256: sha256(contents) };
}

/** SHA-256 of bytes, hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Contents of the two files of {@link tinySet}. */
export const TINY = {
  "a.bin": new TextEncoder().encode("all the examples"),
  "b.bin": new TextEncoder().encode("all the labels"),
};

/** A published set of two files, with the sources given. */
export function tinySet(sources: readonly Source[]): PublishedSet {
  return {
    title: "Tiny",
    name: "tiny",
    files: Object.entries(TINY).map(([name, contents]) => pin(name, contents)),
    subfolders: ["inside"],
    systemFolders: [],
    sources,
    remedy: "put them into {folder}",
  };
}

/** A source that leaves the tiny set's files, with other contents where told so, and counts how often it is asked. */
export function tinySource(
  other: Partial<Record<keyof typeof TINY, Uint8Array>> = {},
): Source & { readonly fetched: number } {
  let fetched = 0;
  return {
    title: "tiny source",
    get fetched() {
      return fetched;
    },
    async fetch({ folder }) {
      fetched++;
      for (const [name, contents] of Object.entries({ ...TINY, ...other })) {
        await writeFile(join(folder, name), contents);
      }
    },
  };
}

/** A source that fails. */
export function deadSource(title: string, message: string): Source {
  return { title, fetch: () => Promise.reject(new Error(message)) };
}
