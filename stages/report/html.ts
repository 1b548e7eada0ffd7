/** @file The HTML report: answers, tables and figures of several studies in one file that needs no other. */
import { named, stage } from "../../dsl/mod.ts";
import { Document, Figure, Findings, Table } from "../artifacts/mod.ts";
import { assetFiles } from "./html/assets.ts";
import { htmlParams } from "./html/params.ts";
import { joining } from "./studies.ts";

/**
 * One HTML file with what studies found: every question with its number, interval and verdict; tables; figures, which are
 * SVG and become interactive in a browser that runs scripts; the points of reviews with their answers; methods, written
 * from the parameters of the studies' own graphs; and places for what it took and where it came from, which are filled in
 * when a run writes the document to a file. It asks for nothing from any network.
 *
 * In TypeScript it is called with what `include()` returned, a study each; findings, tables and figures are their outputs
 * of these types, but for tables of findings, which the report has anyway. Under `--keep-going`, it reports on what could
 * be made and says what could not.
 *
 * @throws RangeError when two studies have the same name.
 *
 * @example
 * ```ts
 * import { include, type Pipeline } from "engram/dsl/mod.ts";
 * import * as report from "engram/stages/report/mod.ts";
 * function graph(table1: Pipeline, attacks: Pipeline) {
 *   const studies = [include(table1), include(attacks, { preset: "tiny" })];
 *   return { report: report.html(studies, { title: "What SAM memorizes" }) };
 * }
 * ```
 */
export const html = joining(stage({
  name: "html-report",
  doc: "Answers, tables, figures, methods and provenance of several studies in one HTML file",
  inputs: {
    findings: named(Findings, { unmade: "leave out" }),
    tables: named(Table, { unmade: "leave out" }),
    figures: named(Figure, { unmade: "leave out" }),
  },
  params: htmlParams,
  output: Document,
  files: assetFiles,
  async run(parts, params) {
    const [{ page }, { readAssets }] = await Promise.all([import("./html/page.ts"), import("./html/assets.ts")]);
    return { extension: ["html"], content: [page(parts, params, await readAssets())] };
  },
}));
