/** @file Normalized code: TypeScript with types, comments and formatting erased, so that edits to them change nothing. */
import type * as Esbuild from "esbuild";

let service: Promise<typeof Esbuild> | undefined;

/**
 * Erases from a module what cannot change what it does. The printer's version is pinned in the import map, since
 * another one may print the same code differently.
 *
 * @throws SyntaxError when the module cannot be parsed.
 */
export async function normalize(source: string, file: string): Promise<string> {
  service ??= import("esbuild");
  const { transform } = await service;
  try {
    const { code } = await transform(source, {
      loader: file.endsWith("x") ? "tsx" : "ts",
      minifyWhitespace: true,
      legalComments: "none",
      charset: "utf8",
      target: "esnext",
      logLevel: "silent",
    });
    return code;
  } catch (cause) {
    throw new SyntaxError(`Cannot read the code of "${file}": ${cause instanceof Error ? cause.message : cause}`);
  }
}

/** Ends the printer's process, if it was ever started. */
export async function stopNormalizing(): Promise<void> {
  if (service === undefined) return;
  const { stop } = await service;
  service = undefined;
  await stop();
}
