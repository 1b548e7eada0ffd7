/** @file The toy graph of the executor's benchmark: load, a branch an item, a join. Peers have the same beside this. */
import { z } from "zod";
import { artifact, column, many, pipeline, stage } from "engram/dsl/mod.ts";

const Numbers = artifact("Numbers", "One row a number", { value: column.float64() });
const Text = artifact("Text", "A document", { extension: column.utf8(), content: column.utf8() });

export const load = stage({
  name: "load",
  doc: "Items of a thousand numbers",
  inputs: {},
  params: z.object({ items: z.int(), first: z.number() }),
  output: many(Numbers),
  *run(_inputs, { items, first }) {
    for (let i = 0; i < items; i++) {
      yield { value: Float64Array.from({ length: 1000 }, (_, k) => (i === 0 ? first : i) + k) };
    }
  },
});

export const double = stage({
  name: "double",
  doc: "Twice the numbers",
  inputs: { numbers: Numbers },
  params: z.object({}),
  output: Numbers,
  over: "numbers",
  run: ({ numbers }) => ({ value: numbers.value.map((v) => 2 * v) }),
});

export const join = stage({
  name: "join",
  doc: "The sum of all numbers",
  inputs: { parts: many(Numbers) },
  params: z.object({}),
  output: Text,
  async run({ parts }) {
    let sum = 0;
    for await (const { value } of parts) for (const v of value) sum += v;
    return { extension: ["txt"], content: [`${sum}\n`] };
  },
});

const preset = { items: 100, first: 0 };

export default pipeline("toy", {
  source: "a benchmark",
  params: z.object({ items: z.int(), first: z.number() }),
  presets: { tiny: preset, default: preset, paper: preset },
  graph: (p) => ({ table: join({ parts: double({ numbers: load(p) }) }) }),
});
