/** @file Documents (tables and figures): artifacts with a row for each format of a text, which is shown as it is. */
import type { Shown } from "../shell.ts";
import type { Values } from "./rows.ts";

/** The text of a document: of its `extension`, or else its first; undefined where the artifact is none or has no such. */
export async function documentText({ type, items }: Shown, extension?: string): Promise<string | undefined> {
  if (Object.keys(type.columns).join() !== "extension,content" || items.length === 0) return undefined;
  const value: Values = await items.at(0);
  const { extension: extensions, content } = value as { extension: readonly string[]; content: readonly string[] };
  const text = content[extension === undefined ? 0 : extensions.indexOf(extension)];
  return text === undefined || text.endsWith("\n") ? text : text + "\n";
}
