/**
 * @file JSON files that can tell whether they are whole: `{"sha256":"…","value":…}`, the checksum taken over the value's
 * canonical text. Any JSON tool reads them; ours reads the value only if the checksum holds.
 */
import { createHash } from "node:crypto";
import { canonicalJson, parseCanonicalJson } from "./canonical_json.ts";

const START = '{"sha256":"';
const MIDDLE = '","value":';
const END = "}\n";

/** The file's bytes for a value. */
export function seal(value: unknown): Uint8Array {
  const text = canonicalJson(value);
  return new TextEncoder().encode(`${START}${checksum(text)}${MIDDLE}${text}${END}`);
}

/** The value of a sealed file; throws SyntaxError if the text is not as it was sealed. */
export function unseal(text: string): unknown {
  const start = START.length + 64 + MIDDLE.length;
  const value = text.slice(start, -END.length);
  if (text !== `${START}${checksum(value)}${MIDDLE}${value}${END}`) {
    throw new SyntaxError(`Cannot trust a sealed file of ${text.length} characters: its checksum does not match`);
  }
  return parseCanonicalJson(value);
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
