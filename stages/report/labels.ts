/** @file Names as readers see them. */
import type { Column } from "./columns.ts";

/** What to show for a group, measure or metric. */
export type Labels = Readonly<Record<string, string>>;

/** The label of `name`, or the name itself. */
export function labelOf(name: string, labels: Labels): string {
  return Object.hasOwn(labels, name) ? labels[name]! : name;
}

/** The label of a measure or metric, or its name with a capital. */
export function titleOf(name: string, labels: Labels): string {
  const label = labelOf(name, labels);
  return label === name ? capitalized(name) : label;
}

/**
 * The columns' headers: what is measured, then details, one a line. Attacks' metric is named where there are several;
 * otherwise the caption names it once.
 */
export function headersOf(columns: readonly Column[], labels: Labels): string[][] {
  const attacks = columns.filter((column) => column.queries > 0);
  const several = new Set(attacks.map((column) => column.metric)).size > 1;
  return columns.map((column) => {
    const lines = linesOf(column, labels, several);
    const last = lines.length - 1;
    return lines.map((line, i) => i === last ? `${line}${arrowOf(column)}` : line);
  });
}

function linesOf({ measure, metric, queries }: Column, labels: Labels, several: boolean): string[] {
  if (queries > 0) {
    const count = counted(queries, "query", "queries");
    return [titleOf(measure, labels), ...(several ? [labelOf(metric, labels)] : []), count];
  }
  // "accuracy" adds nothing to "test accuracy".
  return metric.includes(measure) ? [titleOf(metric, labels)] : [titleOf(measure, labels), labelOf(metric, labels)];
}

/** An arrow to where the best is, after a space that does not break. */
function arrowOf({ direction }: Column): string {
  return direction === undefined ? "" : direction === "highest" ? "\u00a0↑" : "\u00a0↓";
}

/** `1 query`, `5 queries`. */
export function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** The text with its first letter as a capital. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
