/** @file Checks what a refused YAML file is told. */
import assert from "node:assert/strict";
import { YamlError } from "../../../dsl/yaml/mod.ts";

/** A problem as `line:column message`. */
export function problemsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof YamlError, String(error));
    return listed(error);
  }
  assert.fail("nothing was refused");
}

/** The same for what is read asynchronously. */
export async function problemsLater(read: () => Promise<unknown>): Promise<{ problems: string[]; cause: unknown }> {
  try {
    await read();
  } catch (error) {
    assert.ok(error instanceof YamlError, String(error));
    return { problems: listed(error), cause: error.cause };
  }
  assert.fail("nothing was refused");
}

function listed(error: YamlError): string[] {
  return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}
