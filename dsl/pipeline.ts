/** @file pipeline(): a named experiment. Parameters with presets, and a function from parameters to a stage graph. */
import type { z } from "zod";
import type { Node } from "./node.ts";

/** What a pipeline's `graph` returns: the nodes whose results the user asked for, by name. */
export type Outputs = Readonly<Record<string, Node>>;

/** What `pipeline()` is told. */
export interface PipelineOptions<P extends z.ZodObject, O extends Outputs> {
  /** Where the experiment comes from: paper, table, what is reproduced. */
  readonly source?: string;
  /** The pipeline's parameters. */
  readonly params: P;
  /** Named settings of the parameters; `default` is used when none is asked for. */
  readonly presets: Readonly<Record<string, z.input<P>>> & { readonly default: z.input<P> };
  /** Builds the graph. It wires stages together and computes nothing. */
  readonly graph: (params: z.output<P>) => O;
}

/** A pipeline, as `deno task run FILE` finds it in a module's default export. */
export interface Pipeline<P extends z.ZodObject = z.ZodObject, O extends Outputs = Outputs>
  extends PipelineOptions<P, O> {
  /** The pipeline's name: it names the output folder. */
  readonly name: string;
}

/** A pipeline whose parameters' types are known only at run time. */
export interface AnyPipeline {
  readonly name: string;
  readonly source?: string;
  readonly params: z.ZodObject;
  readonly presets: Readonly<Record<string, unknown>>;
  readonly graph: (params: never) => Outputs;
}

/**
 * Declares a pipeline.
 *
 * @param name its name: letters, digits, `-`, `_` and `.`; it names the output folder.
 * @throws RangeError when the name cannot name a folder.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { artifact, column, pipeline, stage } from "engram/dsl/mod.ts";
 * import { z } from "zod";
 * const Numbers = artifact("Numbers", "One row a number", { value: column.float64() });
 * const count = stage({
 *   name: "count", doc: "0, 1, 2 …", inputs: {}, params: z.object({ n: z.int() }), output: Numbers,
 *   run: (_inputs, { n }) => ({ value: Float64Array.from({ length: n }, (_, i) => i) }),
 * });
 * const counting = pipeline("counting", {
 *   params: z.object({ n: z.int() }),
 *   presets: { default: { n: 10 } },
 *   graph: ({ n }) => ({ numbers: count({ n }) }),
 * });
 * assert(counting.graph({ n: 3 }).numbers.params.n === 3);
 * ```
 */
export function pipeline<P extends z.ZodObject, O extends Outputs>(
  name: string,
  options: PipelineOptions<P, O>,
): Pipeline<P, O> {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
    throw new RangeError(`Cannot name a pipeline "${name}": use letters, digits, "-", "_" and "." only`);
  }
  return { name, ...options };
}

/** Whether a value (a module's default export) is a pipeline. */
export function isPipeline(value: unknown): value is AnyPipeline {
  const candidate = value as Partial<AnyPipeline> | null;
  return typeof candidate === "object" && candidate !== null && typeof candidate.name === "string" &&
    typeof candidate.graph === "function" && typeof candidate.presets === "object" && candidate.presets !== null &&
    typeof candidate.params === "object" && candidate.params !== null;
}
