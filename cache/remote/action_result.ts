/**
 * @file The entry of a key, spelled as the ActionResult of Bazel's Remote Execution API: a server that checks its entries
 * (bazel-remote does, unless told `--disable_http_ac_validation`) then knows which files an entry needs, keeps them
 * together, and answers "not found" once it has dropped one. Our own text goes where an action's output would.
 *
 * https://github.com/bazelbuild/remote-apis, build/bazel/remote/execution/v2/remote_execution.proto
 */
import protobuf from "protobufjs/light.js";

/** A file of the content-addressed side of a server. */
export interface Blob256 {
  /** SHA-256 of its bytes, which is its name. */
  readonly sha256: string;
  readonly bytes: number;
}

const { root } = protobuf.Root.fromJSON({
  nested: {
    Digest: { fields: { hash: { type: "string", id: 1 }, sizeBytes: { type: "int64", id: 2 } } },
    OutputFile: { fields: { path: { type: "string", id: 1 }, digest: { type: "Digest", id: 2 } } },
    Metadata: { fields: { worker: { type: "string", id: 1 } } },
    ActionResult: {
      fields: {
        outputFiles: { rule: "repeated", type: "OutputFile", id: 2 },
        exitCode: { type: "int32", id: 4 },
        stdoutRaw: { type: "bytes", id: 5 },
        executionMetadata: { type: "Metadata", id: 9 },
      },
    },
  },
});
const message = root.lookupType("ActionResult");

/** The bytes of an entry: a text, and the files that it needs. */
export function encodeActionResult(text: Uint8Array, files: Iterable<Blob256>): Uint8Array {
  const outputFiles = Array.from(files, ({ sha256, bytes }) => {
    return { path: `${sha256}.arrow`, digest: { hash: sha256, sizeBytes: bytes } };
  });
  // With a worker's name in it, bazel-remote leaves the bytes as they are.
  return message.encode({ outputFiles, stdoutRaw: text, executionMetadata: { worker: "engram" } }).finish();
}

/** The text of an entry; throws where the bytes are none. */
export function textOfActionResult(bytes: Uint8Array): string {
  const { stdoutRaw } = message.decode(bytes) as unknown as { stdoutRaw: Uint8Array };
  return new TextDecoder().decode(stdoutRaw);
}
