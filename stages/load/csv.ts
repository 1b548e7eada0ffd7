/** @file load.csv: one's own data from a table of text. */
import { z } from "zod";
import { didYouMean, stage } from "../../dsl/mod.ts";
import { Dataset } from "../artifacts/dataset.ts";
import { featureParams, imageShape } from "./feature_table.ts";
import { toClasses, toIds, toSplits } from "./labels.ts";
import { readOwn } from "./own_file.ts";
import { toPixels } from "./pixels.ts";
import { fromPool } from "./pool.ts";

const column = z.string().min(1);
const params = z.object({
  path: z.string().min(1).describe("The file, plain or gzipped, in UTF-8"),
  delimiter: z.string().length(1).default(",").describe("Between fields"),
  header: z.boolean().default(true).describe('Whether the first row names the columns; without, they are "0", "1" …'),
  label: column.default("label").describe("Column of the labels"),
  classes: z.array(z.string()).min(2).optional().describe("Names of the classes in order, where labels are words"),
  split: column.optional().describe('Column of the splits: "train" or "test"'),
  id: column.optional().describe("Column of the examples' ids; row numbers if left out"),
  group: column.optional().describe("Column of the examples' groups"),
  ignore: z.array(column).default([]).describe("Columns to leave out; all others are features"),
  ...featureParams,
});

/**
 * A data set of one's own from a CSV file (RFC 4180): a row an example, a column a feature, in the order of the file. An
 * example is a vector `[1, features, 1]`, or has `shape`.
 *
 * Labels are whole numbers from `firstLabel` on, or words listed in `classes`. Splits are those of column `split`, or are
 * drawn by `train`, `test` and `pick`. Ids are row numbers from 0 on, without the header, or those of column `id`.
 *
 * A data set stores bytes. Whole numbers of 0-255 stay what they are; other features need `range: [low, high]`, one for
 * all, and become `round(255 (v - low) / (high - low))`, in steps of `(high - low) / 255`: scale columns of different
 * units alike before.
 *
 * The contents of the file enter the cache key. The whole text is held in memory: for more than some hundred megabytes,
 * `load.npz` or `load.arrow` serves better.
 *
 * @throws RangeError when rows differ in length, a column is not there, or a feature, label, id or split cannot be: it
 * says which, and where.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as load from "engram/stages/load/mod.ts";
 * const data = load.csv({ path: "iris.csv", label: "species", classes: ["setosa", "virginica"], range: [0, 8] });
 * assert(data.params.header);
 * ```
 */
export const csv = stage({
  name: "csv",
  doc: "Data of one's own, from a CSV file",
  inputs: {},
  params,
  output: Dataset,
  files: ({ path }) => [path],
  async run(_inputs, { path, ...p }) {
    const { names, rows } = await table(await readOwn(path), path, p);
    const at = (name: string) => {
      const index = names.indexOf(name);
      if (index >= 0) return index;
      throw new RangeError(`Cannot find column "${name}" in "${path}"; ${didYouMean(name, names)}`);
    };
    const textOf = (name: string) => ((index) => rows.map((row) => row[index]!))(at(name));
    const own = [p.label, p.split, p.id, p.group].filter((name) => name !== undefined);
    const apart = new Set([...own, ...p.ignore].map(at));
    const features = [...names.keys()].filter((index) => !apart.has(index));
    const values = Float64Array.from(rows.flatMap((row) => features.map((index) => numberOf(row[index]!))));
    const where = (i: number) => {
      const [row, index] = [Math.floor(i / features.length), features[i % features.length]!];
      return `"${rows[row]![index]}" in column "${names[index]}" of row ${row} of "${path}"`;
    };
    return fromPool({
      name: `"${path}"`,
      shape: imageShape([features.length], p.shape, `"${path}"`),
      x: toPixels(values, p.range, where),
      y: classesOf(textOf(p.label), p.classes, p.firstLabel, `column "${p.label}" of "${path}"`),
      split: p.split === undefined ? undefined : toSplits(textOf(p.split), `column "${p.split}" of "${path}"`),
      id: p.id === undefined ? undefined : toIds(textOf(p.id).map(numberOf), `column "${p.id}" of "${path}"`),
      group: p.group === undefined ? undefined : textOf(p.group),
    }, p);
  },
});

async function table(
  bytes: Uint8Array,
  path: string,
  { delimiter, header }: Pick<z.output<typeof params>, "delimiter" | "header">,
) {
  const { parse } = await import("csv-parse/sync");
  let rows: string[][];
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    rows = parse(text, { delimiter, skip_empty_lines: true, trim: true });
  } catch (cause) {
    const why = (cause as Error).message.split("\n")[0]!;
    throw new RangeError(`Cannot read "${path}" as CSV: ${why}; see "delimiter", or save it as UTF-8`, { cause });
  }
  const [first] = rows;
  if (first === undefined) throw new RangeError(`Cannot read "${path}" as CSV: it is empty`);
  return header ? { names: first, rows: rows.slice(1) } : { names: first.map((_, index) => String(index)), rows };
}

/** NaN for what is no number, empty fields too. */
function numberOf(text: string): number {
  return text === "" ? NaN : Number(text);
}

function classesOf(
  labels: readonly string[],
  names: readonly string[] | undefined,
  first: number,
  what: string,
): Int32Array {
  if (names === undefined) return toClasses(labels.map(numberOf), first, what, "firstLabel");
  return Int32Array.from(labels, (label, row) => {
    const index = names.indexOf(label);
    if (index >= 0) return index;
    throw new RangeError(
      `Cannot find the label "${label}" of row ${row}, ${what}, in "classes"; ${didYouMean(label, names)}`,
    );
  });
}
