/** @file The insurance table: what its rows become, what is refused, and PDP-OP on it. Rows are made up in its format. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import { stream } from "../../../engine/random.ts";
import type { Metrics, People } from "../../../stages/artifacts/mod.ts";
import { comparePersonalizedOn, insurance } from "../../../stages/privacy/mod.ts";
import { runStage } from "../_support.ts";

const HEADER = "age,sex,bmi,children,smoker,region,charges";

async function read(text: string, params: Record<string, unknown> = {}): Promise<Value<typeof People>> {
  const path = await Deno.makeTempFile({ suffix: ".csv" });
  try {
    await Deno.writeTextFile(path, text);
    return await runStage(insurance, {}, { path, ...params });
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("insurance() scales numbers by declared ranges, and has a feature for each word and a constant", async () => {
  const ranges = { age: [20, 60], bmi: [10, 50], children: [0, 4], charges: [0, 1000] };
  const rows = ["40,male,20,1,yes,northwest,250", "70,female,5,4,no,southeast,2000.5"];
  const { x, y } = await read([HEADER, ...rows, ""].join("\n"), { ranges });
  assert.deepEqual(x.shape, [2, 12]);
  assert.deepEqual([...x.data.subarray(0, 12)], [0.5, 0.25, 0.25, 0, 1, 0, 1, 0, 1, 0, 0, 1]);
  // What lies outside a range is cut, so that bounds hold whoever is in the table.
  assert.deepEqual([...x.data.subarray(12)], [1, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 1]);
  assert.deepEqual([...y], [0.25, 1]);
});

Deno.test("insurance() says what it cannot read, and where", async () => {
  const row = "40,male,20,1,yes,northwest,250";
  await assert.rejects(read(HEADER), /^RangeError: Cannot read people from ".*": it has no rows/);
  await assert.rejects(
    read(`${HEADER.replace("smoker", "smokes")}\n${row}`),
    /^RangeError: Cannot find column "smoker" in .*; did you mean "smokes"/,
  );
  await assert.rejects(
    read(`${HEADER}\n${row}\n${row.replace("40", "old")}`),
    /^RangeError: Cannot read "old" in column "age" of row 1 as a number/,
  );
  await assert.rejects(
    read(`${HEADER}\n${row.replace("northwest", "north")}`),
    /^RangeError: Cannot read "north" in column "region" of row 0; /,
  );
  assert.throws(() => insurance.params.parse({ path: "x", ranges: { age: [9, 1] } }));
});

Deno.test("comparePersonalizedOn() splits people anew for each model, and privacy costs accuracy", async () => {
  const draw = stream(1, "made-up premiums");
  const rows = Array.from({ length: 200 }, () => {
    const [age, bmi, smokes] = draw.uniform(3) as unknown as [number, number, number];
    const charges = 2000 + 200 * 46 * age + (smokes < 0.2 ? 25_000 : 0);
    return `${18 + 46 * age},male,${16 + 37 * bmi},1,${smokes < 0.2 ? "yes" : "no"},southwest,${charges}`;
  });
  const people = await read([HEADER, ...rows].join("\n"));
  const params = { lambda: 1, splits: 6, draws: 40 };
  const metrics = await runStage<Value<typeof Metrics>>(comparePersonalizedOn, { people }, params);
  const errorOf = (measure: string) => {
    const row = metrics.measure.findIndex((name, row) => {
      return name === measure && metrics.metric[row] === "test squared error" && metrics.model[row] === -1;
    });
    return metrics.value[row]!;
  };
  assert.ok(errorOf("not private") < errorOf("PDP-OP"));
  assert.ok(errorOf("PDP-OP") < errorOf("not personalized"));
  const again = await runStage<Value<typeof Metrics>>(comparePersonalizedOn, { people }, params);
  assert.deepEqual(metrics, again);
  const singles = metrics.value.filter((_, row) => metrics.measure[row] === "mean" && metrics.model[row]! >= 0);
  assert.ok(new Set(singles).size > 5);
});
