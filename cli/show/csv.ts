/**
 * @file `show --format csv`: RFC 4180 with a header. A tensor is one cell that holds a JSON array, whatever its shape,
 * so that a header never depends on data and model parameters do not make a million columns.
 */
import { stringify } from "csv-stringify/sync";
import type { Shown } from "../shell.ts";
import { type Cell, nested, type Row } from "./rows.ts";

/** The header line. */
export function csvHeader({ type, many }: Shown): string {
  return stringify([[...(many ? ["item"] : []), ...Object.keys(type.columns)]]);
}

/** The line of a row. */
export function csvLine({ item, cells }: Row): string {
  return stringify([[...(item === undefined ? [] : [item]), ...cells.map(textOf)]]);
}

function textOf(cell: Cell): string {
  return typeof cell === "object" ? JSON.stringify(nested(cell)) : String(cell);
}
