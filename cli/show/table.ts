/** @file `show --format table`: aligned columns; tensors are abbreviated to their shape and first elements. */
import { align } from "../output/align.ts";
import type { Paint } from "../output/paint.ts";
import type { Shown } from "../shell.ts";
import { type Cell, type Row, scalar } from "./rows.ts";

const elements = 3;
const longest = 60;

/** The table of some rows. */
export function tableOf({ type, many }: Shown, rows: readonly Row[], paint: Paint): string {
  const columns = Object.entries(type.columns);
  const titles = columns.map(([name, { dims }]) => dims.length === 0 ? name : `${name}[${dims.join(", ")}]`);
  const header = [...(many ? ["item"] : []), ...titles].map((title) => paint("bold", title));
  const body = rows.map(({ item, cells }) => [...(item === undefined ? [] : [String(item)]), ...cells.map(textOf)]);
  const flush = columns.flatMap(([, { dtype, dims }], i) =>
    dims.length > 0 || dtype === "utf8" ? [] : [i + (many ? 1 : 0)]
  );
  return align([header, ...body], new Set(many ? [0, ...flush] : flush));
}

function textOf(cell: Cell): string {
  if (typeof cell !== "object") return typeof cell === "number" ? numeral(cell) : oneLine(String(cell));
  const { dtype, shape, data } = cell;
  const first = Array.from({ length: Math.min(elements, data.length) }, (_, i) => {
    const element = scalar(dtype, data[i]!);
    return typeof element === "number" ? numeral(element, 3) : oneLine(String(element));
  });
  return [`${dtype}[${shape.join(", ")}]`, ...first, ...(data.length > elements ? ["…"] : [])].join(" ");
}

/** A number with at most `digits` significant digits; whole numbers whole. */
function numeral(value: number, digits = 6): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(digits)));
}

function oneLine(text: string): string {
  const line = text.replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  return line.length > longest ? line.slice(0, longest - 1) + "…" : line;
}
