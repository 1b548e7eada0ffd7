/** @file What names a piece of work: processes that would compute the same keys have the same fingerprint. */
import { hash } from "../../cache/mod.ts";
import { keyOf, manifestOf } from "../key.ts";
import type { RunOptions } from "../request.ts";
import type { Session } from "../session.ts";

/** The fingerprint of what a session is asked for: code, parameters and wires of its nodes, by their ids. */
export async function fingerprintOf(
  { pipeline, nodes, codes }: Session,
  { only }: Pick<RunOptions, "only">,
): Promise<string> {
  const spelled = await Promise.all(nodes.map(async ({ id, node, inputs }) => {
    const code = await codes.digest(node.stage);
    return [id, keyOf(manifestOf(node.stage, code, node.params, {}, [], "")), Object.entries(inputs)];
  }));
  return hash("pool", pipeline.name, only ?? "", JSON.stringify(spelled));
}
