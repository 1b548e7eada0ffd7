/** @file Helpers for tests of stages: collections from arrays, a context that does nothing, small zoos by hand. */
import type { Items, StageContext, StageDefinition, Value } from "../../dsl/mod.ts";
import type { Dataset, Masks, Metrics, Predictions } from "../../stages/artifacts/mod.ts";

/** A collection over values in memory: an `Items` of the artifact type that the values are of. */
export interface Collection<V> extends AsyncIterable<V> {
  readonly length: number;
  at(index: number): Promise<V>;
}

/** Makes a collection of values in memory. */
export function items<V>(values: readonly V[]): Collection<V> {
  return {
    length: values.length,
    at(index) {
      const value = values[index];
      return value === undefined ? Promise.reject(new RangeError(`No item ${index}`)) : Promise.resolve(value);
    },
    async *[Symbol.asyncIterator]() {
      for (const value of values) yield await Promise.resolve(value);
    },
  };
}

/** A context that reports to nobody. */
export function context(overrides: Partial<StageContext> = {}): StageContext {
  return {
    branch: "",
    device: "cpu",
    dataDirectory: "",
    signal: new AbortController().signal,
    progress() {},
    log() {},
    ...overrides,
  };
}

/** Runs a stage's `run` on values. Parameters are parsed, so that defaults apply. */
export async function runStage<R>(
  stage: { readonly definition: StageDefinition },
  inputs: Record<string, unknown>,
  params: Record<string, unknown> = {},
  overrides: Partial<StageContext> = {},
): Promise<R> {
  const run = stage.definition.run as (inputs: unknown, params: unknown, context: StageContext) => R | Promise<R>;
  return await run(inputs, stage.definition.params.parse(params), context(overrides));
}

/** A data set of one grey pixel an example; ids count from `firstId`. */
export function dataset(
  trainLabels: readonly number[],
  testLabels: readonly number[],
  firstId = 100,
): Value<typeof Dataset> {
  const labels = [...trainLabels, ...testLabels];
  return {
    id: Uint32Array.from(labels, (_, row) => firstId + row),
    x: { data: new Uint8Array(labels.length), shape: [labels.length, 1, 1, 1] },
    y: Int32Array.from(labels),
    split: labels.map((_, row) => row < trainLabels.length ? "train" : "test"),
    group: labels.map(() => ""),
  };
}

/** One mask a model from rows of 0 and 1, `[model][training example]`. */
export function masksOf(data: Value<typeof Dataset>, members: readonly (readonly number[])[]): Items<typeof Masks> {
  const train = data.split.filter((split) => split === "train").length;
  return items(
    members.map((bits) => ({ example: data.id.slice(0, train), member: Uint8Array.from(bits) })),
  );
}

/** Logits by `[model][example][view][class]`. */
export function logitsOf(
  data: Value<typeof Dataset>,
  models: readonly (readonly (readonly (readonly number[])[])[])[],
): Items<typeof Predictions> {
  return items(models.map((examples) => ({
    example: data.id,
    logits: {
      data: Float32Array.from(examples.flat(2)),
      shape: [examples.length, examples[0]?.length ?? 0, examples[0]?.[0]?.length ?? 0],
    },
  })));
}

/** Logits of models that are right (1) or wrong (0) about examples, by `[model][example]`. */
export function logitsFromBits(
  data: Value<typeof Dataset>,
  bits: readonly (readonly number[])[],
  classes = 2,
): Items<typeof Predictions> {
  return logitsOf(
    data,
    bits.map((model) =>
      model.map((bit, row) => {
        const answer = (data.y[row]! + 1 - bit) % classes;
        return [Array.from({ length: classes }, (_, k) => k === answer ? 1 : 0)];
      })
    ),
  );
}

/** The value of one metric; throws unless there is exactly one such row. */
export function metricOf(
  metrics: Value<typeof Metrics>,
  metric: string,
  model = -1,
  slice = "all",
): { value: number; low: number; high: number; n: number; queries: number; threat: string } {
  const rows = [...metrics.metric.keys()].filter((row) =>
    metrics.metric[row] === metric && metrics.model[row] === model && metrics.slice[row] === slice
  );
  if (rows.length !== 1) throw new Error(`${rows.length} rows of "${metric}" for model ${model}, slice "${slice}"`);
  const [row] = rows as [number];
  return {
    value: metrics.value[row]!,
    low: metrics.low[row]!,
    high: metrics.high[row]!,
    n: metrics.n[row]!,
    queries: metrics.queries[row]!,
    threat: metrics.threat[row]!,
  };
}
