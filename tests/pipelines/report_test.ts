/** @file The report's pipeline: every study of the paper is in it, none of their nodes twice, and points name what is there. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type AnyPipeline, buildGraph, dependencies, resolveParams } from "../../dsl/mod.ts";
import report from "../../pipelines/report.ts";
import { points } from "../../pipelines/shared/points.ts";

const folder = fileURLToPath(new URL("../../pipelines/", import.meta.url));
/** Pipelines about other papers. */
const OTHERS = ["dppl", "pdp-op", "report"];
const files = [...Deno.readDirSync(folder)].flatMap(({ name }) => /^(.*)\.ts$/.exec(name)?.[1] ?? []);
const studies = files.filter((name) => !OTHERS.includes(name)).sort();
const params = resolveParams(report as AnyPipeline, { preset: "default" });
const graph = buildGraph(report as AnyPipeline, params);

Deno.test("report.ts includes every pipeline on the paper, under the name of its file", () => {
  assert.deepEqual([...params.studies as string[]].sort(), studies);
});

Deno.test("report.ts makes one node of what studies share, and builds no zoo twice", () => {
  const seen = new Set(graph.nodes.map(({ node, inputs }) => JSON.stringify([node.stage.name, node.params, inputs])));
  assert.equal(seen.size, graph.nodes.length);
  assert.deepEqual(graph.nodes.filter(({ node }) => node.stage.name === "html-report").length, 1);
});

Deno.test("report.ts shows the findings of every study, but for table 1, which has none", () => {
  const page = graph.nodes.at(-1)!;
  const wired = Object.keys(page.inputs.findings as Record<string, string>).map((name) => name.split("/")[0]!);
  assert.deepEqual(wired.sort(), studies.filter((name) => name !== "table1"));
  assert.ok(dependencies(page).length > studies.length);
});

Deno.test("report.ts runs the studies that are asked for, with overrides for each by its name", () => {
  const overrides = [{ studies: ["attacks"], overrides: { attacks: { members: 6 } } }];
  const { nodes } = buildGraph(
    report as AnyPipeline,
    resolveParams(report as AnyPipeline, { preset: "tiny", overrides }),
  );
  const masks = nodes.find(({ node }) => node.stage.name === "subsample")!;
  assert.equal(masks.id, "attacks/subsample");
  assert.equal(masks.node.params.members, 6);
});

Deno.test("points name pipelines that there are, and each id once", () => {
  for (const { studies: named = [], ids } of points) {
    for (const name of named) assert.ok(studies.includes(name), `${ids.join()} names "${name}"`);
  }
  const ids = points.flatMap((point) => point.ids);
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("findings of every study name points that there are", () => {
  const known = new Set([...points.flatMap(({ ids }) => ids), "paper"]);
  const unknown = graph.nodes.filter(({ node }) => node.stage.name === "findings").flatMap(({ id, node }) =>
    (node.params.questions as { asked: string }[]).flatMap(({ asked }) => asked.split(/[,;]\s*/))
      .filter((asked) => asked !== "" && !known.has(asked)).map((asked) => `${id}: ${asked}`)
  );
  assert.deepEqual(unknown, []);
});
