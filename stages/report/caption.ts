/** @file A table's caption: says how to read it, as far as the numbers themselves know. */
import { hasInterval, type IntervalStyle } from "./cells.ts";
import type { Column } from "./columns.ts";
import { capitalized, counted, labelOf, type Labels } from "./labels.ts";
import type { Measurement } from "./measurements.ts";

/** Sentences of a caption, in order. */
export function captionOf(title: string, columns: readonly Column[], style: IntervalStyle, labels: Labels): string[] {
  const cells = columns.flatMap((column) => column.cells).filter((cell) => cell !== undefined);
  return [
    sentence(title),
    ...numbers(cells, style),
    ...marks(columns),
    ...attackMetrics(columns, labels),
    ...threats(columns, labels),
  ];
}

function numbers(cells: readonly Measurement[], style: IntervalStyle): string[] {
  const counts = cells.map((cell) => cell.n);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const models = least === most ? counted(most, "model", "models") : `${least} to ${most} models`;
  const without = cells.filter((cell) => !hasInterval(cell)).length;
  const shown = style === "half width" ? "± half the width of its 95 % interval" : "[its 95 % interval]";
  if (without === cells.length) {
    return [
      most === 1
        ? "In per cent, of a single model: there are no intervals."
        : `In per cent, mean over ${models}; no intervals.`,
    ];
  }
  const means = `In per cent: mean over ${models} ${shown} over models.`;
  return without === 0
    ? [means]
    : [means, "A number alone has no interval: it is of a single model or could not be bounded."];
}

function marks(columns: readonly Column[]): string[] {
  const all = columns.flatMap((column) => column.standings);
  if (!all.includes("best")) return [];
  const best = "Bold: best of its column (↑ highest; ↓ lowest, that is safest).";
  if (!all.includes("tie")) return [best];
  return [
    best,
    "†: its interval overlaps that of the best, a tie (more cautious than a test of the paired difference).",
  ];
}

/** The metrics of attacks with their chance levels, on as many members as non-members. */
function attackMetrics(columns: readonly Column[], labels: Labels): string[] {
  const metrics = [...new Set(columns.filter((column) => column.queries > 0).map((column) => column.metric))];
  const parts = metrics.map((metric) => {
    const level = chanceLevel(metric);
    return labelOf(metric, labels) + (level === undefined ? "" : ` (guessing: ${level} %)`);
  });
  return parts.length === 0 ? [] : [`Success of attacks: ${parts.join(", ")}.`];
}

function chanceLevel(metric: string): string | undefined {
  if (metric === "balanced accuracy" || metric === "auc") return "50";
  if (metric === "advantage") return "0";
  const rate = /^tpr@fpr=(.+)$/.exec(metric)?.[1];
  return rate === undefined ? undefined : String(Number((100 * Number(rate)).toPrecision(12)));
}

function threats(columns: readonly Column[], labels: Labels): string[] {
  const attacks = columns.filter((column) => column.threat !== "");
  const byThreat = Map.groupBy(attacks, (column) => column.threat);
  const parts = [...byThreat].map(([threat, members]) => {
    const names = [...new Set(members.map((column) => labelOf(column.measure, labels)))];
    return `${names.join(", ")}: ${threat}`;
  });
  return parts.length === 0 ? [] : [`Threat models: ${parts.join("; ")}.`];
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? capitalized(text) : `${capitalized(text)}.`;
}
