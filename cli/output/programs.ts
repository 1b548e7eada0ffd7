/** @file Writes exported programs to files. */
import { basename, join } from "node:path";
import type { ExportedProgram } from "../../executor/export.ts";

/**
 * Writes each program as `FOLDER/NODE.onnx`, a node's further ones as `NODE.2.onnx` and so on, in `out/<pipeline>` where no
 * folder is given; returns the paths.
 */
export async function writePrograms(
  programs: readonly ExportedProgram[],
  folder: string | undefined,
  pipeline: string,
): Promise<string[]> {
  const target = folder ?? join("out", basename(pipeline).replace(/\.[^.]*$/, ""));
  if (programs.length > 0) await Deno.mkdir(target, { recursive: true });
  return await Promise.all(programs.map(async ({ node, bytes }, at) => {
    const place = programs.slice(0, at).filter((program) => program.node === node).length + 1;
    const file = join(target, `${node.replaceAll("/", "-")}${place === 1 ? "" : `.${place}`}.onnx`);
    await Deno.writeFile(file, bytes);
    return file;
  }));
}
