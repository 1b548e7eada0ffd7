/** @file The table of findings: question, claim, the number that answers it, verdict. */
import { stringify } from "csv-stringify/sync";
import { z } from "zod";
import { named, stage, type Value } from "../../dsl/mod.ts";
import { Findings, Table } from "../artifacts/mod.ts";
import { latex } from "./latex.ts";
import type { Layout, LayoutCell } from "./layout.ts";
import { markdown } from "./markdown.ts";

/**
 * A row a question. `findings` are tables of findings by name, in the order they are shown in. Formats: `md`, `tex`, `csv`.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Findings } from "engram/stages/artifacts/mod.ts";
 * import * as report from "engram/stages/report/mod.ts";
 * function graph(findings: Node<typeof Findings, "one">) {
 *   return { findings: report.findingsTable({ findings: { attacks: findings } }) };
 * }
 * ```
 */
export const findingsTable = stage({
  name: "findings-table",
  doc: "A row a question: claim, number with interval, verdict",
  inputs: { findings: named(Findings) },
  params: z.object({
    decimals: z.int().min(0).max(6).default(3),
    reference: z.string().regex(/^[\w:.-]*$/).default("").describe("What \\ref finds the table by, in LaTeX"),
  }),
  output: Table,
  async run({ findings }, { decimals, reference }) {
    const layout: Layout = {
      headers: [["Question"], ["Asked by"], ["Claim"], ["Measured"], ["n"], ["Verdict"]],
      rows: Object.values(findings).flatMap((table) => rows(table, decimals)),
      caption: [
        "Measured: the number with its 95 % interval.",
        "Supported, contradicted: the whole interval lies on one side of what the claim compares with and, where the " +
        "number is one of several tests, p after Holm's correction is below 0.05.",
        "n: what the number is over: models, pairs of models, draws, or examples.",
      ],
    };
    return {
      extension: ["md", "csv", "tex"],
      content: [await markdown(layout), csv(findings), latex(layout, reference)],
    };
  },
});

function rows(f: Value<typeof Findings>, decimals: number): Layout["rows"] {
  return f.question.map((question, i) => {
    const [value, low, high] = [f.value, f.low, f.high].map((column) => column[i]!.toFixed(decimals));
    const measured = Number.isNaN(f.low[i]!) ? value! : `${value} [${low}, ${high}]`;
    const texts = [f.asked[i]!, f.claim[i]!, measured, String(f.n[i]!)];
    const verdict: LayoutCell = { text: f.verdict[i]!, standing: f.verdict[i] === "undecided" ? "other" : "best" };
    return { label: question, cells: [...texts.map((text): LayoutCell => ({ text, standing: "other" })), verdict] };
  });
}

function csv(findings: Readonly<Record<string, Value<typeof Findings>>>): string {
  const tables = Object.entries(findings);
  const columns = Object.keys(tables[0]?.[1] ?? {}) as (keyof Value<typeof Findings>)[];
  const records = tables.flatMap(([name, table]) =>
    table.question.map((_, i) => [name, ...columns.map((column) => table[column][i])])
  );
  return stringify([["from", ...columns], ...records], { record_delimiter: "windows" });
}
