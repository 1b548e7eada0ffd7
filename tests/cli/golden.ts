/** @file Compares terminal output with committed text files. `UPDATE_GOLDEN=1 deno test …` writes them anew. */
import assert from "node:assert/strict";

/** Asserts that `text` is what the file `golden/NAME.txt` holds. */
export function golden(name: string, text: string): void {
  const file = new URL(`golden/${name}.txt`, import.meta.url);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") Deno.writeTextFileSync(file, text);
  assert.equal(text, Deno.readTextFileSync(file), `output differs from ${file.pathname}; UPDATE_GOLDEN=1 accepts it`);
}
