/** @file include(): another pipeline's graph inside this one's, so that one run makes the results of several. */
import type { z } from "zod";
import { inInclusion } from "./node.ts";
import { type ParamsRequest, resolveParams } from "./overrides.ts";
import type { AnyPipeline, Outputs, Pipeline } from "./pipeline.ts";

/** A pipeline whose graph is part of another's. */
export interface Included<O extends Outputs = Outputs> {
  readonly name: string;
  readonly source: string | undefined;
  readonly preset: string;
  /** Its parameters, parsed. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly outputs: O;
}

/**
 * Builds the graph of another pipeline within the one that is being built. Ids of its nodes begin with its name
 * (`attacks/sam/train`), keys are what they are without: what is cached is used. Nodes that several included pipelines
 * have in common, stage, parameters and inputs, are one node, named by the first.
 *
 * @param request preset (`default` where none is named) and overrides, as a user of the pipeline would give them.
 * @throws RangeError for an unknown preset; ParamsError for parameters that its schema refuses.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { artifact, column, graphOf, include, pipeline, stage } from "engram/dsl/mod.ts";
 * import { z } from "zod";
 * const Numbers = artifact("Numbers", "One row a number", { value: column.float64() });
 * const count = stage({
 *   name: "count", doc: "0, 1, 2 …", inputs: {}, params: z.object({ n: z.int() }), output: Numbers,
 *   run: (_inputs, { n }) => ({ value: Float64Array.from({ length: n }, (_, i) => i) }),
 * });
 * const options = { params: z.object({ n: z.int() }), presets: { default: { n: 10 } } };
 * const some = pipeline("some", { ...options, graph: ({ n }) => ({ numbers: count({ n }) }) });
 * const more = pipeline("more", { ...options, graph: ({ n }) => ({ numbers: count({ n }) }) });
 * const [a, b] = [include(some), include(more, { overrides: [{ n: 20 }] })];
 * const { nodes } = graphOf("both", { a: a.outputs.numbers, b: b.outputs.numbers });
 * assert.deepEqual(nodes.map(({ id }) => id), ["some/count", "more/count"]);
 * ```
 */
export function include<P extends z.ZodObject, O extends Outputs>(
  pipeline: Pipeline<P, O>,
  request?: ParamsRequest,
): Included<O>;
export function include(pipeline: AnyPipeline, request?: ParamsRequest): Included;
export function include(pipeline: AnyPipeline, request: ParamsRequest = {}): Included {
  const { name, source } = pipeline;
  const params = resolveParams(pipeline, request);
  const outputs = inInclusion(name, () => pipeline.graph(params as never));
  return { name, source, preset: request.preset ?? "default", params, outputs };
}
