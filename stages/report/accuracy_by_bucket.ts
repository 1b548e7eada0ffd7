/** @file The figure of accuracy by bucket: where, from atypical to typical examples, one optimizer beats another. */
import { z } from "zod";
import { named, stage } from "../../dsl/mod.ts";
import { Figure, Metrics } from "../artifacts/mod.ts";
import { accuracyPoints, gainPoints, type Point } from "./bucket_points.ts";
import { type BucketFigure, bucketSpec } from "./bucket_spec.ts";
import { capitalized, labelOf, type Labels } from "./labels.ts";
import { groupsOf, measurements } from "./measurements.ts";
import { renderSvg } from "./render.ts";
import { report } from "./rows.ts";

const figureParams = z.object({
  groups: z.array(z.string()).min(1).readonly().optional()
    .describe("Order of the legend; in TypeScript, that of the record by default, in YAML that of the names"),
  reference: z.string().optional()
    .describe("A group: a second panel shows the gain of the others over it, paired by model"),
  heading: z.string().default("Optimizer").describe("Header of the legend: what a group is"),
  labels: z.record(z.string(), z.string()).default({}).describe("What to show for groups"),
  title: z.string().default("Test accuracy by bucket").describe("The figure's title"),
});

/**
 * Mean test accuracy of each group in each bucket of test examples, from bucket 1 (most atypical) up, with 95 %
 * intervals over models. With a `reference`, a second panel shows what Kim et al., arXiv 2310.00488, figure 3a is about:
 * the gain over it. Gains are small beside the differences between buckets, and the paired interval of a gain is
 * narrower than those of the accuracies it is the difference of.
 *
 * Formats: `svg`, and `vl.json`, the Vega-Lite specification with its data, for editing.
 *
 * @throws RangeError when no input has buckets, `reference` is no group, or two groups have the same label.
 *
 * @example
 * ```ts
 * import * as report from "engram/stages/report/mod.ts";
 * function graph(rows: { sgd: report.MetricsNode; sam: report.MetricsNode }) {
 *   return { figure: report.accuracyByBucket(rows, { reference: "sgd", labels: { sgd: "SGD", sam: "SAM" } }) };
 * }
 * ```
 */
export const accuracyByBucket = report(stage({
  name: "bucket-figure",
  doc: "Test accuracy by bucket, a line a group, with 95 % intervals; beside it, the gain over a reference",
  inputs: { metrics: named(Metrics) },
  params: figureParams,
  output: Figure,
  async run({ metrics }, { reference, heading, labels, title, ...params }, context) {
    const groups = groupsOf(metrics, params.groups);
    checkLabels(groups, labels);
    const all = measurements(metrics, groups);
    const accuracy = accuracyPoints(all, groups);
    const gain = reference === undefined ? undefined : { reference, points: gainPoints(all, groups, reference) };
    const figure = { title, groups, labels, heading, accuracy, gain: gain?.points.length ? gain : undefined };
    if (gain !== undefined && figure.gain === undefined) {
      context.log(`No panel of gains over "${reference}": no other group has a number for a model that it has one for`);
    }
    const spec = bucketSpec({ ...figure, subtitle: explain(figure) });
    return {
      extension: ["svg", "vl.json"],
      content: [await renderSvg(spec), `${JSON.stringify(spec, null, 2)}\n`],
    };
  },
}));

/** Points are told apart by their labels. */
function checkLabels(groups: readonly string[], labels: Labels): void {
  for (const [label, members] of Map.groupBy(groups, (group) => labelOf(group, labels))) {
    if (members.length > 1) {
      throw new RangeError(
        `Cannot draw groups "${members.join('", "')}" under one label "${label}": give each its own`,
      );
    }
  }
}

/** What points and bars are, in sentences. */
function explain({ accuracy, gain, labels }: Omit<BucketFigure, "subtitle">): string[] {
  const means = meansOf(accuracy);
  if (gain === undefined) return [`${capitalized(means)}.`];
  const gains = meansOf(gain.points);
  return [
    `Test accuracy: ${means}.`,
    `Gain over ${labelOf(gain.reference, labels)}: ${
      gains === means ? "likewise" : gains
    }, of the differences between ` +
    `models of the same index.`,
  ];
}

function meansOf(points: readonly Point[]): string {
  const counts = points.map((point) => point.n);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (most === 1) return "a single model, without interval";
  const bounded = points.filter((point) => point.low !== null).length;
  const models = least === most ? `${most} models` : `${least} to ${most} models`;
  if (bounded === 0) return `mean over ${models}, without interval`;
  return `mean over ${models} with its 95 % interval over models${bounded < points.length ? ", where it has one" : ""}`;
}
