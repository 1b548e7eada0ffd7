/** @file Reports refused parameters at the lines that they stand on. */
import type { Node } from "yaml";
import type { z } from "zod";
import { ParamsError, parseParams } from "../params.ts";
import type { YamlEntry, YamlSource } from "./source.ts";

/** Where parameters stand. */
export interface ParamsPlace {
  /** Whose they are, for messages: `node "masks"`. */
  readonly of: string;
  /** The `params` entry, if there is one. */
  readonly entry: YamlEntry | undefined;
  /** What to point at where there is none. */
  readonly owner: Node | null;
}

/** Parses parameters and reports what the schema refuses; a missing one is reported where it belongs. */
export function checkParams(source: YamlSource, schema: z.ZodObject, raw: unknown, place: ParamsPlace): void {
  try {
    parseParams(schema, raw, place.of);
  } catch (error) {
    if (!(error instanceof ParamsError)) throw error;
    const root = place.entry?.value ?? null;
    for (const { path, message, nearest } of error.issues) {
      const found = source.locate(root, path);
      const name = path.length === 0 ? "parameters" : `parameter "${path.join(".")}"`;
      source.report(
        found === root ? place.entry?.key ?? place.owner : found,
        `Cannot use ${name} of ${place.of}: ${message}`,
        nearest,
      );
    }
    source.blame(error);
  }
}
