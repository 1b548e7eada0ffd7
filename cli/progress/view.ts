/** @file The live view: one line for each node at work and one for the whole run. A pure function of state and time. */
import cliTruncate from "cli-truncate";
import { clock } from "../output/duration.ts";
import type { Paint } from "../output/paint.ts";
import { pad } from "../output/align.ts";
import { branchesDone, endedBy, type RunningNode, type RunState, shareDone } from "./state.ts";
import { measures } from "./words.ts";

const barWidth = 20;
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** How to draw. */
export interface ViewOptions {
  /** Lines are cut at the last column. */
  readonly columns: number;
  /** There are never more lines than rows. */
  readonly rows: number;
  readonly paint: Paint;
}

/** The lines of the live view at time `now`. */
export function view(state: RunState, now: number, options: ViewOptions): string {
  const nodes = [...state.running.values()];
  const shown = nodes.slice(0, Math.max(1, options.rows - 2));
  const width = Math.max(0, ...shown.map((node) => node.id.length));
  const spinner = frames[Math.floor(now / 100) % frames.length]!;
  const lines = shown.map((node) => `${options.paint("cyan", spinner)} ${nodeLine(node, now, width, options.paint)}`);
  if (nodes.length > shown.length) lines.push(`  … and ${nodes.length - shown.length} more`);
  lines.push(overallLine(state, now, options.paint));
  return lines.map((line) => cliTruncate(line, options.columns)).join("\n");
}

function nodeLine(node: RunningNode, now: number, width: number, paint: Paint): string {
  const share = shareDone(node);
  const { total } = node.branches;
  const count = total > 1 ? `${branchesDone(node)}/${total}` : `${Math.floor(100 * share)}%`;
  return [
    pad(node.id, width),
    bar(share, paint),
    count.padStart(total > 1 ? 2 * String(total).length + 1 : 4),
    paint("dim", measures(node, now).join("  ")),
  ].join("  ");
}

function bar(share: number, paint: Paint): string {
  const full = Math.floor(share * barWidth);
  return paint("green", "━".repeat(full)) + paint("dim", "─".repeat(barWidth - full));
}

function overallLine(state: RunState, now: number, paint: Paint): string {
  const cached = endedBy(state, "cached");
  const failed = endedBy(state, "failed");
  return paint("bold", `${state.ended.size}/${state.total} stages`) +
    (cached > 0 ? paint("dim", `, ${cached} cached`) : "") +
    (failed > 0 ? paint("red", `, ${failed} failed`) : "") +
    paint("dim", `  ${clock((now - state.since) / 1000)}`);
}
