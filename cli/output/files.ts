/** @file Output files of a run that belong on standard output: its tables. */
import type { Report } from "../../executor/report.ts";

/** The Markdown of every table among the outputs, in order, one blank line apart. */
export async function tablesOf(report: Report): Promise<string> {
  const paths = Object.values(report.outputs).flatMap((output) => output.files).filter((path) => path.endsWith(".md"));
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(path)));
  return texts.map((text) => text.trimEnd() + "\n").join("\n");
}
