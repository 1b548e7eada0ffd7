/** @file The table that `plan` prints: a line a node, what would happen to it, and why. */
import cliTruncate from "cli-truncate";
import type { NodeReport, Report, Status } from "../../executor/report.ts";
import type { Sink } from "../shell.ts";
import { align } from "./align.ts";
import { painter } from "./paint.ts";
import { statusStyles } from "./summary.ts";

/** What a status says about a run that has not happened. */
const words: Readonly<Record<Status, string>> = {
  ran: "run",
  cached: "cached",
  cutoff: "cutoff",
  failed: "fail",
  skipped: "skip",
};

/** The table of a plan; cut at the terminal's edge, whole elsewhere. */
export function planTable(report: Report, sink: Pick<Sink, "isTerminal" | "colours" | "size">): string {
  const paint = painter(sink);
  const rows = report.nodes.map((node) => [
    node.id,
    node.stage,
    paint(statusStyles[node.status], words[node.status]),
    branches(node),
    node.reason.replaceAll(/\s*\n\s*/g, "; "),
  ]);
  const header = ["NODE", "STAGE", "STATUS", "BRANCHES", "REASON"].map((title) => paint("bold", title));
  const table = align([header, ...rows], new Set([3]));
  if (!sink.isTerminal) return table;
  const { columns } = sink.size();
  return table.split("\n").map((line) => cliTruncate(line, columns)).join("\n");
}

/** `16` where all branches share a fate, `12 of 16` where the rest is cached, `?` for as many as are not known yet. */
function branches({ branches: { total, ran }, status }: NodeReport): string {
  if (total === 0) return "?"; // what it maps over is not known yet
  if (total === 1) return "";
  return status === "ran" && ran < total ? `${ran} of ${total}` : String(total);
}
