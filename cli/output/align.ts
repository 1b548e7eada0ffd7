/** @file Aligned columns of text; widths are those of the terminal, so that wide characters line up. */
import stringWidth from "string-width";

/** `text` with spaces after it, up to `width` columns. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}

/** `text` with spaces before it, up to `width` columns. */
export function padLeft(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - stringWidth(text))) + text;
}

/** Rows of cells as lines, two spaces between columns, nothing after the last cell. Columns named in `right` end flush. */
export function align(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => widths[i] = Math.max(widths[i] ?? 0, stringWidth(cell)));
  const lines = rows.map((row) => row.map((cell, i) => (right.has(i) ? padLeft : pad)(cell, widths[i]!)).join("  "));
  return lines.map((line) => line.trimEnd() + "\n").join("");
}
