/** @file Findings: numbers and differences held against what a paper claims or a reviewer asks. */
import { z } from "zod";
import { didYouMean, named, stage, type Value } from "../../dsl/mod.ts";
import { Comparisons, Findings, Metrics } from "../artifacts/mod.ts";
import { type Row, rowsOf, select, type Verdict, verdictOf } from "./finding_rows.ts";

const question = z.object({
  question: z.string().min(1).describe("In words: Is SAM more exposed than SGD?"),
  asked: z.string().default("").describe('Who asks: "paper", "R2-9" (a reviewer\'s point)'),
  from: z.string().min(1).describe("The wired numbers or differences that answer it, by name"),
  row: z.object({
    measure: z.string().optional().describe("Measure, or attack, of the row"),
    metric: z.string().optional(),
    slice: z.string().optional(),
    group: z.string().optional().describe("Of a difference: the group that is compared with the reference"),
  }).default({}).describe("Which of its rows: what is left out must not matter"),
  expect: z.enum(["above", "below"]).describe("Where the claim has the number"),
  than: z.number().default(0).describe("What the claim compares it with"),
  quantity: z.string().default("").describe("What the number is, in words; by default the row's own names"),
  unit: z.string().default("fraction"),
});

/**
 * One row a question: the number that answers it, and a verdict. A claim "above 0" is supported where the whole 95 %
 * interval lies above 0, contradicted where it lies below, and undecided otherwise; of a row of `Comparisons` its p-value
 * after Holm's correction must also be below 0.05, or it stays undecided. A number without an interval decides nothing.
 *
 * @throws RangeError when no row, or more than one, fits a question.
 *
 * @example
 * ```ts
 * import type { Node } from "engram/dsl/mod.ts";
 * import type { Comparisons } from "engram/stages/artifacts/mod.ts";
 * import * as stats from "engram/stages/stats/mod.ts";
 * function graph(comparisons: Node<typeof Comparisons, "one">) {
 *   return stats.findings({ numbers: {}, differences: { attacks: comparisons } }, {
 *     questions: [{
 *       question: "Is SAM more exposed than SGD?", asked: "paper", from: "attacks",
 *       row: { measure: "lira", metric: "auc", group: "sam" }, expect: "above",
 *     }],
 *   });
 * }
 * ```
 */
export const findings = stage({
  name: "findings",
  doc: "Numbers and differences held against claims: supported, contradicted or undecided",
  inputs: { numbers: named(Metrics), differences: named(Comparisons) },
  params: z.object({ questions: z.array(question).min(1) }),
  output: Findings,
  run({ numbers, differences }, { questions }) {
    const known = new Set([...Object.keys(numbers), ...Object.keys(differences)]);
    const answers = questions.map((asked) => {
      const source = numbers[asked.from] ?? differences[asked.from];
      if (source === undefined) {
        throw new RangeError(
          `Cannot answer "${asked.question}" from "${asked.from}": ${didYouMean(asked.from, known)}`,
        );
      }
      const row = select(rowsOf(source), asked.row, asked.question);
      const quantity = asked.quantity || row.name;
      const claim = `${quantity}: ${asked.expect} ${Number(asked.than.toPrecision(4))}`;
      return { ...asked, ...row, quantity, claim, verdict: verdictOf(row, asked.expect, asked.than) };
    });
    return table(answers);
  },
});

type Answer = Row & z.output<typeof question> & { readonly claim: string; readonly verdict: Verdict };

function table(answers: readonly Answer[]): Value<typeof Findings> {
  const numbers = (of: (answer: Answer) => number) => Float64Array.from(answers, of);
  return {
    question: answers.map((answer) => answer.question),
    asked: answers.map((answer) => answer.asked),
    claim: answers.map((answer) => answer.claim),
    quantity: answers.map((answer) => answer.quantity),
    unit: answers.map((answer) => answer.unit),
    value: numbers((answer) => answer.value),
    low: numbers((answer) => answer.low),
    high: numbers((answer) => answer.high),
    against: numbers((answer) => answer.than),
    p: numbers((answer) => answer.p),
    verdict: answers.map((answer) => answer.verdict),
    n: Uint32Array.from(answers, (answer) => answer.n),
  };
}
