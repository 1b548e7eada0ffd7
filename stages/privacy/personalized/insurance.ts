/**
 * @file The public table of insurance premiums, of PDP-OP's experiments: 1,338 rows of `age,sex,bmi,children,smoker,region,charges`
 * (Lantz, Machine Learning with R, 2013).
 */
import { z } from "zod";
import { didYouMean, stage, type Value } from "../../../dsl/mod.ts";
import { People } from "../../artifacts/mod.ts";
import { readOwn } from "../../load/own_file.ts";

const bounds = z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, {
  error: "a range is [low, high], the lesser first",
});

/** Words of the columns that have words. */
const WORDS = {
  sex: ["female", "male"],
  smoker: ["no", "yes"],
  region: ["northeast", "northwest", "southeast", "southwest"],
} as const;
const NUMBERS = ["age", "bmi", "children", "charges"] as const;
const COLUMNS = ["age", "sex", "bmi", "children", "smoker", "region", "charges"] as const;

/**
 * People with 12 features: age, bmi and children scaled to [0, 1] by `ranges` and cut there; a feature for each word of sex,
 * smoker and region, none left out; and a 1. The target is charges, scaled to [0, 1].
 *
 * Ranges are public by what they are declared: the defaults are those of the published file, which everybody has. The authors
 * take them from the rows that they then protect; of people's own data that is a release which nobody has paid for.
 *
 * The file's contents enter the cache key.
 *
 * @throws RangeError where a column is missing or a field cannot be: it says which, and where
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as privacy from "engram/stages/privacy/mod.ts";
 * const people = privacy.insurance({ path: "insurance.csv" });
 * assert(people.type.name === "People");
 * ```
 */
export const insurance = stage({
  name: "insurance",
  doc: "The public table of insurance premiums, as people with features in [0, 1]",
  inputs: {},
  params: z.object({
    path: z.string().min(1).describe("The file, insurance.csv"),
    ranges: z.object({ age: bounds, bmi: bounds, children: bounds, charges: bounds })
      .default({ age: [18, 64], bmi: [15.96, 53.13], children: [0, 5], charges: [1121.8739, 63770.42801] })
      .describe("Least and largest number of each column; known without looking at the people"),
  }),
  output: People,
  files: ({ path }) => [path],
  async run(_inputs, { path, ranges }): Promise<Value<typeof People>> {
    const { parse } = await import("csv-parse/sync");
    const text = new TextDecoder("utf-8").decode(await readOwn(path));
    const rows: Record<string, string>[] = parse(text, {
      columns: true,
      skip_empty_lines: true,
      trim: true,
      bom: true,
    });
    if (rows.length === 0) throw new RangeError(`Cannot read people from "${path}": it has no rows`);
    const known = Object.keys(rows[0]!);
    const missing = COLUMNS.find((column) => !known.includes(column));
    if (missing !== undefined) {
      throw new RangeError(`Cannot find column "${missing}" in "${path}"; ${didYouMean(missing, known)}`);
    }
    const people = rows.map((row, index) => {
      const [age, bmi, children, charges] = NUMBERS.map((column) =>
        scaled(row[column]!, ranges[column], column, index)
      );
      const words = Object.entries(WORDS).flatMap(([column, list]) => oneHot(row[column]!, list, column, index));
      return { x: [age!, bmi!, children!, ...words, 1], y: charges! };
    });
    return {
      x: { data: Float64Array.from(people.flatMap(({ x }) => x)), shape: [people.length, people[0]!.x.length] },
      y: Float64Array.from(people, ({ y }) => y),
    };
  },
});

function scaled(text: string, [low, high]: readonly [number, number], column: string, row: number): number {
  const value = text === "" ? NaN : Number(text);
  if (!Number.isFinite(value)) {
    throw new RangeError(`Cannot read "${text}" in column "${column}" of row ${row} as a number`);
  }
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

function oneHot(text: string, words: readonly string[], column: string, row: number): number[] {
  if (!words.includes(text)) {
    throw new RangeError(`Cannot read "${text}" in column "${column}" of row ${row}; ${didYouMean(text, words)}`);
  }
  return words.map((word) => word === text ? 1 : 0);
}
