/** @file report.html(): what the page says without any script, and that it is the same every time. */
import assert from "node:assert/strict";
import { graphOf, include, pipeline } from "engram/dsl/mod.ts";
import { Document } from "engram/stages/artifacts/mod.ts";
import * as load from "engram/stages/load/mod.ts";
import * as report from "engram/stages/report/mod.ts";
import { inScript } from "engram/stages/report/html/assets.ts";
import { interactive, SHOWN } from "engram/stages/report/html/interactive.ts";
import { measured } from "engram/stages/report/html/numbers.ts";
import { tableOf } from "engram/stages/report/html/tables.ts";
import * as stats from "engram/stages/stats/mod.ts";
import { subsample } from "engram/stages/subsample/mod.ts";
import { optimizerSpec, predict, train } from "engram/stages/train/mod.ts";
import type { Element } from "hast";
import { toHtml } from "hast-util-to-html";
import { z } from "zod";
import { sampleReport } from "./sample_report.ts";

const html = await sampleReport();
/** The page without scripts: what is read with JavaScript off. */
const still = html.replaceAll(/<script[\s\S]*?<\/script>/g, "");

Deno.test("html() makes the same page every time", async () => {
  assert.equal(await sampleReport(), html);
});

Deno.test("html() asks for nothing outside the page: no source, link or import leads anywhere", () => {
  for (const leading of [/<(img|link|iframe|form|object|embed)\b|\ssrc=/, /href="(?!#)/, /@import|url\((?!#)/]) {
    assert.deepEqual(leading.exec(still)?.[0], undefined);
  }
  assert.ok(html.includes('http-equiv="Content-Security-Policy" content="default-src &#x27;none&#x27;;'));
});

Deno.test("html() writes names as text, whatever is in them", () => {
  assert.ok(still.includes("<h1>A report &#x3C;/title>&#x3C;script>alert(1)&#x3C;/script></h1>"));
  assert.ok(still.includes("Is 1 &#x3C; 2 &#x26; so on?"));
  assert.equal(html.split("<script").length - 1, 4 + 2, "three libraries, its own, and two specifications");
});

Deno.test("html() shows each question with its number, interval, verdict and who asks", () => {
  assert.equal(still.split("−0.020 [−0.030, −0.010]").length - 1, 3, "at a glance, in full, and at its point");
  assert.match(still, /Is SAM safer\?<small class="asked">asked by <span>paper<\/span><span>R1-W2<\/span><\/small>/);
  assert.match(still, /<small>n = 16, p &#x3C; 0.001<\/small>/);
  for (const verdict of ["supported", "contradicted", "undecided"]) {
    assert.match(still, new RegExp(`<div class="tile ${verdict}"><b>1</b>`));
  }
});

Deno.test("html() answers points by the findings that name them, and says where there is no answer", () => {
  assert.match(still, /2 of 3 points have an answer/);
  const rows = still.split("<tr>");
  const row = (id: string) => rows.find((text) => text.includes(`<span>${id}</span>`))!;
  assert.match(row("R1-W2"), /Is SAM safer\?.*Is it flatter\?/);
  assert.match(row("R2-7"), /No experiment\./);
  assert.match(row("R9-1"), /no answer yet/);
});

Deno.test("html() makes tables with headers for columns and rows, and intervals below their numbers", () => {
  assert.match(still, /<th scope="col" class="num">AUC ↓<\/th>/);
  assert.match(
    still,
    /<th scope="row">SGD<\/th><td class="num"><strong><span>60.12 <span class="range">\[58.00, 62.00\]/,
  );
  assert.match(still, /<p class="note">In per cent\.<\/p>/);
  const [scrolling] = tableOf({ extension: ["md"], content: ["| | b |\n| - | - |\n| c | d |\n"] }, "T") as Element[];
  assert.match(toHtml(scrolling!), /<tr><td><\/td><th scope="col">b<\/th><\/tr>/);
  const [text] = tableOf({ extension: ["csv"], content: ["a<b"] }, "T") as Element[];
  assert.equal(toHtml(text!), "<pre>a&#x3C;b</pre>");
});

Deno.test("html() names what could not be made", () => {
  assert.match(still, /Could not be made: lost\./);
});

Deno.test("html() keeps the ids of several figures apart", () => {
  const ids = [...still.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, id] of still.matchAll(/url\(#([^)]+)\)/g)) assert.ok(ids.includes(id));
  for (const [, id] of still.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(id), id);
});

Deno.test("html() leaves places for what it took and where it came from", () => {
  for (const fact of ["count", "time", "cost", "nodes", "devices", "days", "digest", "result", "command", "rows"]) {
    assert.ok(html.includes(`<!--engram:fact {"fact":"${fact}"`), fact);
  }
  assert.ok(html.includes('"of":"one"'));
});

Deno.test("html() takes included pipelines: their findings, tables and figures, and methods from their graph", () => {
  const study = pipeline("my-study2", {
    source: "A paper",
    params: z.object({ members: z.int(), optimizers: z.record(z.string(), optimizerSpec) }),
    presets: {
      default: { members: 4, optimizers: { sgd: { kind: "sgd", lr: 0.1 }, sam: { kind: "sam", lr: 0.1, rho: 0.05 } } },
    },
    graph({ members, optimizers }) {
      const data = load.mnist({ train: 100, test: 50 });
      const masks = subsample({ data }, { design: "exact-half", members });
      const rows = Object.fromEntries(
        Object.entries(optimizers).map(([name, optimizer]) => {
          const models = train({ data, masks }, { model: { kind: "mlp" }, optimizer, epochs: 1 });
          return [name, stats.accuracy({ masks, logits: predict({ models, data }), data })];
        }),
      );
      return { table: report.table(rows), data };
    },
  });
  const node = report.html([include(study)], { title: "T", command: ({ name }) => `run ${name}` });
  assert.equal(node.type, Document);
  const { sections, methods } = report.html.params.parse(node.params);
  assert.deepEqual(sections, [{
    name: "my-study2",
    title: "My study 2",
    source: "A paper",
    command: "run my-study2",
    outputs: ["my-study2/table"],
  }]);
  assert.deepEqual(methods.map(({ title }) => title), [
    "Data",
    "Which examples each model is trained on",
    "Models and their training",
    "Predictions",
    "Statistics",
  ]);
  const [step] = methods[2]!.steps;
  assert.deepEqual(step!.variants.map(({ values }) => values.slice(0, 1)), [["sgd"], ["sam"]]);
  assert.ok(step!.common.some(({ name, value }) => name === "model.kind" && value === "mlp"));
  const rho = step!.differing.findIndex(({ name }) => name === "optimizer.rho");
  assert.match(step!.differing[rho]!.meaning, /Radius/);
  assert.deepEqual(step!.variants.map(({ values }) => values[rho]), ["–", "0.05"]);
  assert.equal(graphOf("report", { node }).nodes.at(-1)!.id, "html-report");
});

Deno.test("html() refuses two studies of one name", () => {
  const study = pipeline("twice", { params: z.object({}), presets: { default: {} }, graph: () => ({}) });
  assert.throws(() => report.html([include(study), include(study)], { title: "T" }), /2 studies named "twice"/);
});

Deno.test("measured() gives two digits of the interval's width", () => {
  assert.equal(measured(0.01234, 0.004, 0.0206), "0.012 [0.004, 0.021]");
  assert.equal(measured(-0.0004, -0.02, 0.02), "0.000 [−0.020, 0.020]");
  assert.equal(measured(123.4, 100, 150), "123 [100, 150]");
  assert.equal(measured(0.5, NaN, NaN), "0.500");
});

Deno.test("inScript() leaves nothing that would end or hide a script", () => {
  const text = inScript('a("</script><!--");\n//# sourceMappingURL=a.js.map\n');
  assert.equal(text, 'a("<\\/script><\\!--");');
});

Deno.test("interactive() adds tooltips, zooms numeric axes only, and dims series by name", () => {
  const encoding = {
    x: { field: "a", type: "ordinal" },
    y: { field: "b", type: "quantitative", axis: { title: ["of b", "(%)"] } },
    color: { field: "c", type: "nominal", scale: { domain: ["p", "q"], range: ["red", "blue"] } },
  };
  const spec = {
    hconcat: [{ layer: [{ mark: "rule", encoding }, { mark: { type: "point", opacity: 0.5 }, encoding }] }],
  };
  const made = interactive(spec);
  assert.deepEqual(made.series, { field: "c", names: ["p", "q"], colours: ["red", "blue"] });
  assert.ok(made.zooms);
  const { hconcat, params } = made.spec as {
    hconcat: {
      layer: {
        params?: { select: { encodings: string[] } }[];
        encoding: { opacity: { condition: unknown }; tooltip: unknown };
      }[];
    }[];
    params: unknown;
  };
  assert.deepEqual(params, [{ name: SHOWN, value: ["p", "q"] }]);
  const [rule, point] = hconcat[0]!.layer;
  assert.equal(rule!.params, undefined);
  assert.deepEqual(point!.params![0]!.select.encodings, ["y"]);
  assert.deepEqual(point!.encoding.opacity.condition, { test: `indexof(${SHOWN}, datum["c"]) >= 0`, value: 0.5 });
  assert.deepEqual(point!.encoding.tooltip, [
    { field: "a", type: "nominal", title: "a" },
    { field: "b", type: "quantitative", title: "of b (%)", format: ".4~g" },
    { field: "c", type: "nominal", title: "c" },
  ]);
  assert.ok(!interactive({ mark: "rect", encoding: { x: { field: "a", type: "nominal" } } }).zooms);
});
