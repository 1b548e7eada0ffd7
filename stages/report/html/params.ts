/** @file What an HTML report is told: its sections, the points it has to answer, and how everything was computed. */
import { z } from "zod";

/** One setting of a step: where it stands among the parameters, its value in words, and what it means. */
const setting = z.object({ name: z.string(), value: z.string(), meaning: z.string() });

/** One stage, and all settings that the experiment uses it with. */
const step = z.object({
  stage: z.string(),
  doc: z.string(),
  uses: z.int().positive().describe("How many nodes of the graph"),
  studies: z.array(z.string()),
  common: z.array(setting).describe("The same in all uses"),
  differing: z.array(setting.omit({ value: true })).describe("Columns of the table of settings that differ"),
  variants: z.array(z.object({ names: z.array(z.string()), values: z.array(z.string()) })).describe("Its rows"),
});

/** Steps that make the same kind of thing. */
export const methods = z.array(z.object({ title: z.string(), steps: z.array(step) }));
/** How everything was computed. */
export type Methods = z.output<typeof methods>;
/** One step of it. */
export type Step = z.output<typeof step>;

const section = z.object({
  name: z.string().describe("The study's name: names of inputs begin with it"),
  title: z.string(),
  source: z.string().default("").describe("Where the experiment comes from"),
  command: z.string().default("").describe("What runs it alone"),
  outputs: z.array(z.string()).describe("Names of its inputs: what the section shows, in order"),
});
/** One study of a report. */
export type Section = z.output<typeof section>;

const point = z.object({
  ids: z.array(z.string()).min(1).describe("As in a finding's `asked`: R2-9"),
  point: z.string().describe("What is asked or objected"),
  studies: z.array(z.string()).default([]).describe("What answers it"),
  settled: z.string().default("").describe("Where no experiment is needed: what settles it"),
});
/** One point of a review. */
export type Point = z.output<typeof point>;

/** Parameters of an HTML report. */
export const htmlParams = z.object({
  title: z.string().min(1),
  summary: z.string().default("").describe("A sentence or two under the title"),
  sections: z.array(section),
  points: z.array(point).default([]).describe("Points of reviews"),
  methods: methods.default([]),
  price: z.object({
    perHour: z.number().min(0).describe("Of one worker"),
    currency: z.string().min(1),
  }).optional().describe("What an hour of computing costs; without it, no cost is told"),
});
/** Parameters of an HTML report, parsed. */
export type HtmlParams = z.output<typeof htmlParams>;
