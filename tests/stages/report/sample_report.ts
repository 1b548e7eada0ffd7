/** @file A small HTML report: two studies' findings, a table and two figures, one of them missing. */
import type { Value } from "engram/dsl/mod.ts";
import type { Figure, Findings, Table } from "engram/stages/artifacts/mod.ts";
import * as report from "engram/stages/report/mod.ts";
import { runStage } from "../_support.ts";
import { zoo } from "./bucket_metrics.ts";
import { run } from "./made.ts";

type Verdict = "supported" | "contradicted" | "undecided";

/** Findings, one a verdict. */
export function findings(
  ...rows: readonly { question: string; asked?: string; value: number; low: number; high: number; verdict: Verdict }[]
): Value<typeof Findings> {
  const numbers = (of: (row: (typeof rows)[number]) => number) => Float64Array.from(rows, of);
  return {
    question: rows.map(({ question }) => question),
    asked: rows.map(({ asked = "" }) => asked),
    claim: rows.map(() => "sam - sgd, above 0"),
    quantity: rows.map(() => "sam - sgd"),
    unit: rows.map(() => "difference of fractions"),
    value: numbers(({ value }) => value),
    low: numbers(({ low }) => low),
    high: numbers(({ high }) => high),
    against: numbers(() => 0),
    p: numbers(() => 0.0004),
    verdict: rows.map(({ verdict }) => verdict),
    n: Uint32Array.from(rows, () => 16),
  };
}

function documentOf(files: Readonly<Record<string, string>>): Value<typeof Figure> & Value<typeof Table> {
  return { extension: Object.keys(files), content: Object.values(files) };
}

const sections = [
  {
    name: "one",
    title: "One",
    source: "A paper & its <authors>",
    command: "deno task run one.ts",
    outputs: ["one/findings", "one/table", "one/byBucket", "one/lost"],
  },
  { name: "two", title: "Two", outputs: ["two/byBucket"] },
];

const setting = { name: "optimizer.rho", meaning: "Radius of the ball" };

/** Parameters of the report. */
export const params = {
  title: "A report </title><script>alert(1)</script>",
  summary: "Two studies.",
  sections,
  points: [
    { ids: ["R1-W2", "R3-Q2"], point: "Why does the sign differ?", studies: ["one"] },
    { ids: ["R2-7"], point: "Colours", settled: "No experiment." },
    { ids: ["R9-1"], point: "Nobody looked at this", studies: ["nothing"] },
  ],
  methods: [{
    title: "Models and their training",
    steps: [{
      stage: "train",
      doc: "Trains a model",
      uses: 2,
      studies: ["one", "two"],
      common: [{ name: "epochs", value: "20", meaning: "" }],
      differing: [setting],
      variants: [{ names: ["sgd"], values: ["–"] }, { names: ["sam"], values: ["0.05"] }],
    }],
  }],
  price: { perHour: 0.05, currency: "USD" },
};

/** The stored document of the report. */
export async function sampleReport(): Promise<string> {
  const zoos = { sgd: zoo(0), sam: zoo(0.04) };
  const options = { groups: ["sgd", "sam"], reference: "sgd", labels: { sgd: "SGD", sam: "SAM <1>" } };
  const figure = documentOf((await run(report.accuracyByBucket, zoos, options)).files);
  const table = documentOf({
    md:
      "| Optimizer | AUC ↓ |\n| :- | -: |\n| SGD | **60.12 [58.00, 62.00]** |\n| SAM | 61.00 [59.00, 63.00] † |\n\nIn per cent.\n",
  });
  const rows = findings(
    {
      question: "Is SAM safer?",
      asked: "paper, R1-W2",
      value: -0.02,
      low: -0.03,
      high: -0.01,
      verdict: "contradicted",
    },
    { question: "Is it flatter?", asked: "R3-Q2", value: 0.02, low: 0.01, high: 0.03, verdict: "supported" },
    { question: "Is 1 < 2 & so on?", value: 0, low: -0.01, high: 0.01, verdict: "undecided" },
  );
  const inputs = {
    findings: { "one/findings": rows },
    tables: { "one/table": table },
    figures: { "one/byBucket": figure, "two/byBucket": figure },
  };
  const { content } = await runStage<{ content: string[] }>(report.html, inputs, params);
  return content[0]!;
}
