/** @file The figure by bucket: well-formed, complete, the same every time, and right about gains. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import * as report from "engram/stages/report/mod.ts";
import { OKABE_ITO } from "engram/stages/report/palette.ts";
import { renderSvg } from "engram/stages/report/render.ts";
import { wrap } from "engram/stages/report/wrap.ts";
import { meanInterval } from "engram/stages/stats/mod.ts";
import { bucketMetrics, zoo } from "./bucket_metrics.ts";
import { metrics, run } from "./made.ts";

const four = { sgd: zoo(0), sam: zoo(0.04), swa: zoo(0.025), "sharp & <reg>": zoo(-0.03) };
const params = { groups: Object.keys(four), reference: "sgd", labels: { sgd: "SGD", sam: "SAM", swa: "SWA" } };

interface Spec {
  readonly hconcat: readonly { readonly data: { readonly values: readonly Drawn[] } }[];
}
interface Drawn {
  readonly group: string;
  readonly bucket: number;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
}

/** The points of each panel, read from the specification. */
function panelsOf(spec: string): readonly (readonly Drawn[])[] {
  return (JSON.parse(spec) as Spec).hconcat.map((panel) => panel.data.values);
}

/** All texts of an SVG, each line an entry, entities decoded. */
function textsOf(svg: string): string[] {
  const tree: unknown = new XMLParser({ preserveOrder: true }).parse(svg);
  function walk(node: unknown): string[] {
    if (Array.isArray(node)) return node.flatMap(walk);
    if (typeof node !== "object" || node === null) return [];
    return Object.entries(node).flatMap(([name, value]) => name === "#text" ? [String(value)] : walk(value));
  }
  return walk(tree);
}

Deno.test("accuracyByBucket() draws well-formed SVG with every label, title and mark", async () => {
  const { files, extensions } = await run(report.accuracyByBucket, four, params);
  assert.deepEqual(extensions, ["svg", "vl.json"]);
  const svg = files.svg!;
  assert.equal(XMLValidator.validate(svg), true);
  const texts = textsOf(svg);
  for (
    const text of [
      "Test accuracy by bucket",
      "Test accuracy: mean over 8 models with its 95 % interval over models.",
      "Gain over SGD: likewise, of the differences between models of the same index.",
      "Test accuracy (%)",
      "Gain over SGD",
      "(percentage points)",
      "Bucket of test examples",
      "(1: most atypical, 5: most typical)",
      "Optimizer",
      "SGD",
      "SAM",
      "SWA",
      "sharp & <reg>",
    ]
  ) {
    assert.ok(texts.includes(text), `no "${text}" in ${JSON.stringify(texts)}`);
  }
  // 4 groups in 5 buckets of the first panel, 3 in the second, and the legend.
  for (const [colour, points] of OKABE_ITO.slice(0, 4).map((colour, i) => [colour, i === 0 ? 5 : 10] as const)) {
    assert.equal(svg.split(`fill="${colour}"`).length - 1, points + 1, colour);
  }
});

Deno.test("accuracyByBucket() draws the same every time, whatever came before, the clock and chance", async () => {
  const first = await run(report.accuracyByBucket, four, params);
  await run(report.accuracyByBucket, { sgd: zoo(0.1) });
  const { random } = Math;
  const { now } = Date;
  try {
    Math.random = () => 0.123;
    Date.now = () => 86_400_000;
    assert.deepEqual(await run(report.accuracyByBucket, four, params), first);
  } finally {
    Math.random = random;
    Date.now = now;
  }
});

Deno.test({
  name: "accuracyByBucket() needs neither the network nor the environment",
  permissions: { net: false, env: false, write: false, sys: false, read: true, ffi: false, run: false },
  async fn() {
    const { files } = await run(report.accuracyByBucket, four, params);
    assert.ok(files.svg!.startsWith("<svg"));
  },
});

Deno.test("accuracyByBucket() gains are the mean paired differences over models, in percentage points", async () => {
  const accuracies = fc.array(fc.integer({ min: 0, max: 1000 }).map((k) => k / 1000), { minLength: 2, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(accuracies, accuracies, async (a, b) => {
      const rows = { a: bucketMetrics(a.length, (_, m) => a[m]!, 2), b: bucketMetrics(b.length, (_, m) => b[m]!, 2) };
      const { files } = await run(report.accuracyByBucket, rows, { reference: "a" });
      const [, gains] = panelsOf(files["vl.json"]!);
      const paired = b.slice(0, a.length).map((value, m) => value - a[m]!);
      const { value, low, high } = meanInterval(paired);
      const expected = { group: "b", value: 100 * value, low: 100 * low, high: 100 * high, n: paired.length };
      assert.deepEqual(gains, [{ ...expected, bucket: 1 }, { ...expected, bucket: 2 }]);
    }),
    { numRuns: 10 },
  );
});

Deno.test("accuracyByBucket() draws no gain without a reference, and none where nothing is paired", async () => {
  const plain = await run(report.accuracyByBucket, four);
  assert.equal(panelsOf(plain.files["vl.json"]!).length, 1);
  const means = metrics({ slice: "bucket 1", value: 0.5 });
  const unpaired = await run(report.accuracyByBucket, { sgd: means, sam: means }, { reference: "sgd" });
  assert.equal(panelsOf(unpaired.files["vl.json"]!).length, 1);
  assert.match(unpaired.log.join(), /^No panel of gains over "sgd"/);
});

Deno.test("accuracyByBucket() draws a single model without interval, and says so", async () => {
  const { files } = await run(report.accuracyByBucket, { sgd: zoo(0, 1) });
  const [points] = panelsOf(files["vl.json"]!);
  assert.ok(points!.every(({ low, high }) => low === null && high === null));
  assert.ok(textsOf(files.svg!).includes("A single model, without interval."));
});

Deno.test("accuracyByBucket() has room for all of its text, however long the names are", async () => {
  const name = "sharpness-aware minimization, adaptive, rho = 2.0";
  const title = "Test accuracy by bucket ".repeat(8).trim();
  const { files } = await run(report.accuracyByBucket, { a: zoo(0), [name]: zoo(0.1) }, { title });
  const width = Number(/ width="([\d.]+)"/.exec(files.svg!)?.[1]);
  // Helvetica's average character is half a font size wide.
  for (const text of textsOf(files.svg!)) assert.ok(text.length * 0.5 * 11 < width, `"${text}" in ${width}`);
  assert.ok(!files.svg!.includes("…"));
});

Deno.test("accuracyByBucket() refuses what it cannot draw", async () => {
  await assert.rejects(
    run(report.accuracyByBucket, { sgd: metrics({ value: 0.5 }) }),
    /RangeError: Cannot draw test accuracy by bucket: no slice is a bucket .* wire what stats.accuracyByBucket\(\) returns/,
  );
  await assert.rejects(
    run(report.accuracyByBucket, four, { reference: "sgdd" }),
    /RangeError: Cannot draw the gain over "sgdd", it is no group: did you mean "sgd"/,
  );
  await assert.rejects(
    run(report.accuracyByBucket, four, { labels: { sam: "SGD", sgd: "SGD" } }),
    /RangeError: Cannot draw groups "sam", "sgd" under one label "SGD"/,
  );
});

Deno.test("renderSvg() numbers the definitions of every figure from the start", async () => {
  const spec = {
    data: { values: [{ a: 1 }, { a: 2 }] },
    mark: { type: "point", clip: true },
    encoding: { x: { field: "a", type: "quantitative" } },
  } as const;
  const first = await renderSvg(spec);
  assert.match(first, /<clipPath id="/);
  assert.equal(await renderSvg(spec), first);
});

Deno.test("wrap() keeps all words in order, in lines no longer than asked where words allow", () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  fc.assert(fc.property(fc.array(word), fc.integer({ min: 1, max: 30 }), (words, width) => {
    const lines = wrap(words.join(" "), width);
    assert.equal(lines.join(" "), words.join(" "));
    assert.ok(lines.every((line) => line.length <= width || !line.includes(" ")));
  }));
});
