/**
 * @file Compiled programs kept from one process to the next. Tracing a function and writing it down takes longer than
 * loading what was written (decision 0012), so the written form is kept.
 *
 * What a function traces to depends on its code, on what it closes over, and on shapes and device. The code is the
 * giver's part: a cache that is handed to the engine must hold nothing made by other code.
 */

import { createHash } from "node:crypto";
import type { EngineOptions } from "./types.ts";

/** Keeps programs by key. It may forget any of them at any time. */
export interface ProgramCache {
  /** Said for exports alone: whether programs are to be of ONNX's own operators only, which any runtime knows. */
  readonly portable?: boolean;
  /** Said for exports alone: programs compute nothing. `id` tells exports apart; `called` is asked at each call. */
  readonly rehearsal?: { readonly id: string; readonly called: () => void };
  /** What was put under a key, unharmed, or nothing. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Keeps a program; `name` is for people. */
  put(key: string, program: Uint8Array, name: string): Promise<void>;
}

/**
 * The program that `encode` makes, from the cache where it is there. Without a cache, or without a `key` that says what
 * the function closes over, it is made every time.
 *
 * @param traits what it depends on beside its code and what the options say
 */
export async function cachedProgram(
  { programs, key, name = "program" }: EngineOptions,
  traits: unknown,
  encode: () => Uint8Array,
): Promise<Uint8Array> {
  if (programs === undefined || key === undefined) return encode();
  const place = createHash("sha256").update(JSON.stringify([name, key, programs.portable ?? false, traits])).digest(
    "hex",
  );
  const known = await programs.get(place);
  if (known !== undefined) return known;
  const program = encode();
  await programs.put(place, program, name);
  return program;
}
