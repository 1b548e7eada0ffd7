/** @file What counts as a plain object among parameters. */

/** Whether a value is a plain object: its entries are looked into, merged and named in messages. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
