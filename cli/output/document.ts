/** @file JSON documents of `run --json` and `plan --json`. */
import type { UnfinishedRun } from "../errors.ts";
import type { Report, Status } from "../../executor/report.ts";

/** A report as text: one JSON document and a newline. */
export function reportDocument(report: Report): string {
  return JSON.stringify(report, null, 2) + "\n";
}

/**
 * The document for a request that was refused or a run that ended early: the fields of a report, so that readers need
 * not check which kind they have, and the error.
 */
export function errorDocument(
  args: readonly string[],
  message: string,
  { nodes, seconds }: Pick<UnfinishedRun, "nodes" | "seconds"> = { nodes: [], seconds: 0 },
): string {
  const counts: Record<Status, number> = { ran: 0, cached: 0, cutoff: 0, failed: 0, skipped: 0 };
  for (const { status } of nodes) counts[status]++;
  return reportDocument({
    pipeline: stem(args),
    preset: valueOf("--preset", args) ?? "default",
    device: valueOf("--device", args) ?? "auto",
    seconds,
    counts,
    nodes,
    outputs: {},
    error: { node: null, message },
  });
}

/** `pipelines/table1.ts` -> `table1`: as near to the pipeline's name as one gets without loading it. */
function stem(args: readonly string[]): string {
  const file = args.find((word, i) => /\.([cm]?[jt]s|ya?ml)$/.test(word) && !args[i - 1]?.startsWith("--params")) ?? "";
  return file.replace(/^.*[/\\]/, "").replace(/\.[^.]*$/, "");
}

function valueOf(flag: string, args: readonly string[]): string | undefined {
  const index = args.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const word = args[index];
  return word === flag ? args[index + 1] : word?.slice(flag.length + 1);
}
