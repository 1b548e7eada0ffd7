/** @file How progress is put into words, the same in the live view and in plain lines. */
import type { NodeReport, RunEvent } from "../../executor/report.ts";
import { clock, inSeconds } from "../output/duration.ts";
import type { Paint } from "../output/paint.ts";
import { statusStyles } from "../output/summary.ts";
import { type RunningNode, secondsLeft } from "./state.ts";

const marks: Readonly<Record<NodeReport["status"], string>> = {
  ran: "✓",
  cached: "✓",
  cutoff: "✓",
  failed: "✗",
  skipped: "-",
};

/** Rate, time taken and time left of a node at work: `["1,243 images/s", "0:12", "0:15 left"]`. */
export function measures(node: RunningNode, now: number): string[] {
  const rate = node.rate.at(now);
  const left = secondsLeft(node, now);
  return [
    ...(rate === undefined || node.unit === "" ? [] : [`${quantity(rate)} ${node.unit}/s`]),
    clock((now - node.since) / 1000),
    ...(left === undefined ? [] : [`${clock(left)} left`]),
  ];
}

/** `3.2`, `47`, `1,243`, `2.1M`. */
export function quantity(value: number): string {
  if (value < 10) return value.toFixed(1);
  if (value < 1e6) return Math.round(value).toLocaleString("en-US");
  return value < 1e9 ? `${(value / 1e6).toFixed(1)}M` : `${(value / 1e9).toFixed(1)}G`;
}

/** The line that a node at its end leaves behind; undefined for cached and skipped ones: the summary counts those. */
export function endLine(node: NodeReport, paint: Paint): string | undefined {
  if (node.status === "cached" || node.status === "skipped") return undefined;
  const { total, cached } = node.branches;
  const branches = total > 1 && node.status !== "cutoff"
    ? ` ${total} branches${cached > 0 ? ` (${cached} cached)` : ""}`
    : "";
  const time = node.status === "ran" ? ` in ${inSeconds(node.seconds)}` : "";
  const reason = node.status === "failed" ? `: ${node.reason}` : "";
  const mark = paint(statusStyles[node.status], marks[node.status]);
  return `${mark} ${node.id} ${node.status}${branches}${time}${reason}`;
}

/** The line of a log event. */
export function logLine(event: RunEvent & { kind: "log" }, paint: Paint): string {
  const where = event.id === null ? "" : `${event.id}: `;
  return event.level === "warning"
    ? `${paint("yellow", "warning:")} ${where}${event.message}`
    : `${where}${event.message}`;
}
