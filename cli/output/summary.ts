/** @file The last words of a run or plan, for people: how many nodes ended how, how long it took, what was written. */
import type { Report, Status } from "../../executor/report.ts";
import { inSeconds } from "./duration.ts";
import type { Paint, Style } from "./paint.ts";

/** How each status looks; the order is that of the summary. */
export const statusStyles: Readonly<Record<Status, Style>> = {
  ran: "green",
  cached: "dim",
  cutoff: "cyan",
  failed: "red",
  skipped: "yellow",
};

const statuses = Object.keys(statusStyles) as Status[];

/** `ran 14, cached 2, cutoff 0, failed 0 in 41.2 s`, and the files written. */
export function summary(report: Report, paint: Paint): string {
  const counts = statuses
    .filter((status) => status !== "skipped" || report.counts.skipped > 0)
    .map((status) => {
      const text = `${status} ${report.counts[status]}`;
      return report.counts[status] > 0 ? paint(statusStyles[status], text) : text;
    });
  const files = Object.values(report.outputs).flatMap((output) => output.files);
  const written = files.length > 0 ? `wrote ${files.join(", ")}\n` : "";
  return `${paint("bold", report.pipeline)}: ${counts.join(", ")} in ${inSeconds(report.seconds)}\n${
    remoteLine(report)
  }${written}`;
}

/** What went over the network: `remote: took 3 results (1.2 MB), sent 5 (0.4 MB)`. */
function remoteLine({ remote }: Report): string {
  if (remote === undefined) return "";
  const { received, sent, unsent, off } = remote;
  const [took, gave] = [received, sent].map(({ records, bytes }) =>
    `${records} results (${(bytes / 1e6).toFixed(1)} MB)`
  );
  const left = unsent > 0 ? `, ${unsent} not sent` : "";
  return `remote: took ${took}, sent ${gave}${left}${off === null ? "" : "; it was given up"}\n`;
}

/** What a plan comes to: `14 to run, 2 cached of 16 nodes`. */
export function planSummary(report: Report, paint: Paint): string {
  const { ran, cached, cutoff, failed, skipped } = report.counts;
  const more = Object.entries({ cutoff, failed, skipped }).filter(([, n]) => n > 0).map(([word, n]) =>
    `, ${n} ${word}`
  );
  return `${paint("bold", report.pipeline)}: ${ran} to run, ${cached} cached${more.join("")}\n`;
}

/** The error of a report: which stage failed, and why. */
export function failure(error: NonNullable<Report["error"]>, paint: Paint): string {
  const where = error.node === null ? "" : `Stage "${error.node}" failed: `;
  return `${paint("red", "error:")} ${where}${error.message}\n`;
}
