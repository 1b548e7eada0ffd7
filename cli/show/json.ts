/** @file `show --format json`: an array with an object a row. Tensors are nested arrays; NaN and infinities are null. */
import type { Shown } from "../shell.ts";
import { nested, type Row } from "./rows.ts";

/** The object of a row, as JSON on one line. */
export function jsonRow({ type }: Shown, { item, cells }: Row): string {
  const names = Object.keys(type.columns);
  const entries = cells.map((cell, i) => [names[i]!, typeof cell === "object" ? nested(cell) : cell]);
  return JSON.stringify(Object.fromEntries(item === undefined ? entries : [["item", item], ...entries]));
}
