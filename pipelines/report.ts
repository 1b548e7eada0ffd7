/**
 * @file The report: what the other pipelines found, in one HTML file. It runs what is missing and uses what is cached; with
 * `--keep-going`, a study that fails is left out and named.
 */
import { type AnyPipeline, include, pick, pipeline, report, z } from "../mod.ts";
import attacks from "./attacks.ts";
import budget from "./budget.ts";
import dpFrontier from "./dp-frontier.ts";
import entropyVsDifficulty from "./entropy-vs-difficulty.ts";
import figure2 from "./figure2.ts";
import figure3 from "./figure3.ts";
import figure4 from "./figure4.ts";
import labelNoise from "./label-noise.ts";
import labelOnly from "./label-only.ts";
import linearTheory from "./linear-theory.ts";
import matchedAccuracy from "./matched-accuracy.ts";
import metricAgreement from "./metric-agreement.ts";
import optimizerPropertyOrDataProperty from "./optimizer-property-or-data-property.ts";
import removeAndRetrain from "./remove-and-retrain.ts";
import sharpness from "./sharpness.ts";
import table1 from "./table1.ts";
import table2 from "./table2.ts";
import toy from "./toy.ts";
import { points } from "./shared/points.ts";

/** A further study is an import and its name here, in the order of the report. */
const studies: readonly AnyPipeline[] = [
  table1,
  figure2,
  figure3,
  figure4,
  attacks,
  labelOnly,
  matchedAccuracy,
  entropyVsDifficulty,
  sharpness,
  table2,
  dpFrontier,
  labelNoise,
  removeAndRetrain,
  metricAgreement,
  budget,
  optimizerPropertyOrDataProperty,
  toy,
  linearTheory,
];

const named = Object.fromEntries(studies.map((study) => [study.name, study]));
const all = Object.keys(named);

export default pipeline("report", {
  source: "Kim et al., arXiv 2310.00488, and its reviews",
  params: z.object({
    studies: z.array(z.enum(all)).min(1).default(all).describe("Names of the pipelines to report on"),
    preset: z.string().describe("The preset that each is run with"),
    overrides: z.record(z.string(), z.unknown()).default({}).describe("Changes to a study's parameters, by its name"),
    title: z.string().default("What sharpness-aware minimization memorizes, and what it leaks"),
    price: z.object({ perHour: z.number().min(0), currency: z.string() }).optional()
      .describe("What an hour of one worker costs: the report then says what everything cost"),
  }),
  presets: {
    // What a cold run finishes within a minute.
    tiny: { studies: ["table1", "figure2", "figure3", "attacks"], preset: "tiny" },
    default: { preset: "default" },
    paper: { preset: "paper" },
  },
  graph({ studies, preset, overrides, title, price }) {
    const included = studies.map((name) => include(pick(named, name), { preset, overrides: [overrides[name]] }));
    return {
      report: report.html(included, {
        title,
        summary:
          `${included.length} studies at the preset “${preset}”, each a pipeline over shared zoos of models, and ` +
          `the points of five reviews that they answer.`,
        points,
        ...(price !== undefined && { price }),
        command: ({ name }) => `deno task run pipelines/${name}.ts --preset ${preset}`,
      }),
    };
  },
});
