/** @file Numbers as text: per cent, with their interval. */
import type { Estimate } from "./ties.ts";

/** How intervals are written: `92.1 ± 0.3`, or `92.1 [91.7, 92.3]`. */
export type IntervalStyle = "half width" | "range";

/** Stands where there is no number. */
export const NO_NUMBER = "–";

/** A fraction in per cent; {@link NO_NUMBER} for NaN. */
export function percent(fraction: number, decimals: number): string {
  if (Number.isNaN(fraction)) return NO_NUMBER;
  if (fraction === Infinity) return "∞";
  const text = (100 * fraction).toFixed(decimals);
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text.replace("-", "−");
}

/** Whether a cell has an interval. */
export function hasInterval(cell: Estimate): boolean {
  return !Number.isNaN(cell.low) && !Number.isNaN(cell.high);
}

/**
 * Half widths are used where every interval is symmetric to within what the table can show: half a unit of the last
 * decimal. One table has one style, so that its columns can be compared.
 */
export function intervalStyle(cells: readonly Estimate[], decimals: number): IntervalStyle {
  const lopsided = cells.filter(hasInterval).some(({ value, low, high }) =>
    100 * Math.abs((high - value) - (value - low)) > 0.5 * 10 ** -decimals
  );
  return lopsided ? "range" : "half width";
}

/** A cell's text, without unit. */
export function cellText(cell: Estimate | undefined, style: IntervalStyle, decimals: number): string {
  if (cell === undefined) return NO_NUMBER;
  const value = percent(cell.value, decimals);
  if (!hasInterval(cell) || value === NO_NUMBER) return value;
  if (style === "half width") return `${value} ± ${percent((cell.high - cell.low) / 2, decimals)}`;
  return `${value} [${percent(cell.low, decimals)}, ${percent(cell.high, decimals)}]`;
}
