/** @file stage(): declares one step of an experiment, with typed inputs, zod parameters and a typed output. */
import type { z } from "zod";
import type { ArtifactType, Collection, Many, Named, Value } from "./artifact.ts";
import { type ArtifactOf, artifactOf, type Batched, type Batches } from "./batched.ts";
import type { StageContext } from "./context.ts";
import { currentScope, isIncluding, Node, type Wire } from "./node.ts";
import { callingModules } from "./origin.ts";
import { parseParams } from "./params.ts";
import type { Together } from "./together.ts";
import { checkWires } from "./wiring.ts";

/** What an input can be declared as: one artifact, whole or in batches, a collection, or single artifacts by name. */
export type InputSpec = ArtifactType | Batched | Many | Named;
/** A stage's inputs by name. */
export type InputSpecs = Readonly<Record<string, InputSpec>>;
/** What an output can be declared as: one artifact, returned whole or yielded in batches, or a collection of them. */
export type OutputSpec = ArtifactType | Batched | Many<ArtifactType>;

/** What `run` receives of one artifact. */
type ReceivedOne<S> = S extends Batched<infer A> ? Batches<A> : Value<S>;

/** What `run` receives for a declared input. */
export type Received<I> = I extends Many<infer S> ? Collection<ReceivedOne<S>>
  : I extends Named<infer S> ? Readonly<Record<string, ReceivedOne<S>>>
  : ReceivedOne<I>;

/** What `run` receives for all inputs. */
export type AllReceived<I extends InputSpecs> = { readonly [N in keyof I]: Received<I[N]> };

/** What may be wired into a declared input. */
export type Wired<I> = I extends Many<infer S> ? Node<ArtifactOf<S>, "many">
  : I extends Named<infer S> ? Readonly<Record<string, Node<ArtifactOf<S>, "one">>>
  : I extends ArtifactType | Batched ? Node<ArtifactOf<I>, "one">
  : never;

/** What may be wired into each input of a stage that maps over the input named `K`. */
export type WiredInputs<I extends InputSpecs, K> = {
  readonly [N in keyof I]: N extends K ? (I[N] extends ArtifactType | Batched ? Node<ArtifactOf<I[N]>, "many"> : never)
    : Wired<I[N]>;
};

/** What `run` returns: an artifact, its batches of rows one at a time, or the items of a collection, one at a time. */
export type Returned<O> = O extends Many<infer A> | Batched<infer A> ? Iterable<Value<A>> | AsyncIterable<Value<A>>
  : Value<O> | Promise<Value<O>>;

/** The node that a stage makes. */
export type Made<O, K> = O extends Many<infer S> ? Node<ArtifactOf<S>, "many">
  : O extends ArtifactType | Batched ? Node<ArtifactOf<O>, K extends string ? "many" : "one">
  : never;

/** What `stage()` is told. */
export interface StageOptions<
  I extends InputSpecs,
  P extends z.ZodObject,
  O extends OutputSpec,
  K extends (keyof I & string) | undefined,
> {
  /** Short name, shown to people: `train`. */
  readonly name: string;
  /** One sentence for `graph` and the schema. */
  readonly doc: string;
  /** Inputs by name. */
  readonly inputs: I;
  /** Parameters; unknown ones are refused. */
  readonly params: P;
  /** The artifact type it makes. */
  readonly output: O;
  /**
   * The input it maps over: `run` is called for each of its items, and every call is a branch with a cache entry of
   * its own.
   */
  readonly over?: K;
  /**
   * Parameters that cannot change the result (a folder to look in first) and are left out of the cache key. The
   * declaration is recorded with every result.
   */
  readonly unkeyed?: readonly (keyof z.output<P> & string)[];
  /** Files outside the graph that `run` reads; their contents enter the cache key. */
  readonly files?: (params: z.output<P>) => readonly string[];
  /**
   * For a stage that must use what no key can see, such as files that may have to be fetched: why its result is the
   * same anywhere and at any time, as in `published files, checked against their SHA-256`. Without it, code that uses
   * the clock, the environment, undeclared files or the network is stopped. Randomness always is: it comes from seeds.
   * The reason is recorded with every result.
   */
  readonly outside?: string;
  /**
   * What it computes best on, where there are several kinds of machines: workers with a GPU take it. A hint for who runs
   * it, in no key; it runs anywhere.
   */
  readonly needs?: "gpu";
  /** Computes the output. Everything it depends on must come through its arguments. */
  readonly run: (inputs: AllReceived<I>, params: z.output<P>, context: StageContext) => Returned<O>;
  /** For a mapped stage: how several branches are computed by one call, where that is faster. */
  readonly together?: K extends string ? Together<AllReceived<I>, z.output<P>, Awaited<Returned<O>>> : never;
}

/** A stage as the executor sees it: the options with types erased, and where its code lives. */
export interface StageDefinition {
  readonly name: string;
  readonly doc: string;
  readonly inputs: InputSpecs;
  readonly params: z.ZodObject;
  readonly output: OutputSpec;
  readonly over: string | undefined;
  readonly unkeyed: readonly string[];
  readonly files: ((params: never) => readonly string[]) | undefined;
  readonly outside: string | undefined;
  readonly needs?: "gpu" | undefined;
  readonly run: (inputs: never, params: never, context: StageContext) => unknown;
  readonly together: Together<never, never, unknown> | undefined;
  /** URLs of the modules whose code the stage is. */
  readonly modules: readonly string[];
}

/** Parameters can be left out when each has a default. */
type ParamsArgument<P extends z.ZodObject> = Record<never, never> extends z.input<P> ? [params?: z.input<P>]
  : [params: z.input<P>];

/** A stage: call it with its inputs and parameters to get a node (with parameters alone where it has no inputs). */
export type Stage<I extends InputSpecs, P extends z.ZodObject, O extends OutputSpec, K> =
  & ([keyof I] extends [never] ? (...args: ParamsArgument<P>) => Made<O, K>
    : (inputs: WiredInputs<I, K>, ...args: ParamsArgument<P>) => Made<O, K>)
  & { readonly params: P; readonly definition: StageDefinition };

/**
 * Declares a stage. Calling the result makes a node and computes nothing.
 *
 * @throws TypeError when the stage is called with a missing, unknown or wrongly typed input, or with parameters its
 * schema refuses (plain JavaScript and YAML meet these; in TypeScript they are compile errors).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { artifact, column, stage } from "engram/dsl/mod.ts";
 * import { z } from "zod";
 * const Numbers = artifact("Numbers", "One row a number", { value: column.float64() });
 * const count = stage({
 *   name: "count", doc: "0, 1, 2 …", inputs: {}, params: z.object({ n: z.int() }), output: Numbers,
 *   run: (_inputs, { n }) => ({ value: Float64Array.from({ length: n }, (_, i) => i) }),
 * });
 * const scale = stage({
 *   name: "scale", doc: "Multiplies", inputs: { numbers: Numbers }, params: z.object({ by: z.number().default(2) }),
 *   output: Numbers, run: ({ numbers }, { by }) => ({ value: numbers.value.map((v) => v * by) }),
 * });
 * const node = scale({ numbers: count({ n: 3 }) });
 * assert(node.stage.name === "scale" && node.params.by === 2);
 * ```
 *
 * @example Several branches in one call: each still has a key, a record and a failure of its own
 * ```ts
 * import assert from "node:assert/strict";
 * import { artifact, column, stage } from "engram/dsl/mod.ts";
 * import { z } from "zod";
 * const Numbers = artifact("Numbers", "One row a number", { value: column.float64() });
 * function root(value: Float64Array): { value: Float64Array<ArrayBuffer> } {
 *   if (value.some((v) => v < 0)) throw new RangeError("Cannot take the root of a negative number");
 *   return { value: value.map(Math.sqrt) as Float64Array<ArrayBuffer> };
 * }
 * const roots = stage({
 *   name: "roots", doc: "Square roots", inputs: { numbers: Numbers }, params: z.object({}), output: Numbers, over: "numbers",
 *   run: ({ numbers }) => root(numbers.value),
 *   together: {
 *     most: ({ numbers }, _params, { memory }) => Math.floor(memory / numbers.value.byteLength),
 *     *run(items) {
 *       for (const [at, { numbers }] of items.entries()) {
 *         try {
 *           yield { at, value: root(numbers.value) };
 *         } catch (error) {
 *           yield { at, error };
 *         }
 *       }
 *     },
 *   },
 * });
 * assert(roots.definition.together !== undefined);
 * ```
 */
export function stage<
  const I extends InputSpecs,
  P extends z.ZodObject,
  const O extends OutputSpec,
  const K extends (keyof I & string) | undefined = undefined,
>(options: StageOptions<I, P, O, K>): Stage<I, P, O, K> {
  const modules = callingModules([import.meta.url]);
  if (modules.length === 0) {
    throw new TypeError(
      `Cannot tell which module declares stage "${options.name}": call stage() from a module that is a file`,
    );
  }
  checkMapping(options);
  if (options.together !== undefined && options.over === undefined) {
    throw new TypeError(
      `Cannot run branches of stage "${options.name}" together, as it has one only: name the input to map over in "over"`,
    );
  }
  if (options.outside !== undefined && options.outside.trim() === "") {
    throw new TypeError(
      `Cannot declare stage "${options.name}" with an empty "outside": say why its result is the same anywhere`,
    );
  }
  const definition: StageDefinition = {
    ...options,
    over: options.over,
    unkeyed: options.unkeyed ?? [],
    files: options.files as StageDefinition["files"],
    outside: options.outside,
    needs: options.needs,
    run: options.run as StageDefinition["run"],
    together: options.together as StageDefinition["together"],
    modules,
  };
  const isSource = Object.keys(options.inputs).length === 0;
  function make(...args: unknown[]): Node {
    const [inputs, params] = isSource ? [{}, args[0]] : args;
    return makeNode(definition, inputs as Readonly<Record<string, Wire>>, params ?? {});
  }
  return Object.assign(make, { params: options.params, definition }) as unknown as Stage<I, P, O, K>;
}

/** A mapped stage takes one item and returns one: there are no collections of collections. */
function checkMapping({ name, over, inputs, output }: Pick<StageDefinition, "name" | "inputs" | "output"> & {
  readonly over?: string | undefined;
}): void {
  if (over === undefined) return;
  const spec = Object.hasOwn(inputs, over) ? inputs[over] : undefined;
  if (spec === undefined || !("columns" in spec || "batched" in spec)) {
    throw new TypeError(`Cannot map stage "${name}" over "${over}": name an input that is declared as one artifact`);
  }
  if ("many" in output) {
    throw new TypeError(
      `Cannot map stage "${name}" and yield a collection for each item: declare one artifact as output`,
    );
  }
}

/**
 * Makes a node of a stage whose types are known only at run time (the YAML front end).
 *
 * @throws TypeError as `stage()`'s result does.
 */
export function makeNode(
  stage: StageDefinition,
  inputs: Readonly<Record<string, Wire>>,
  params: unknown,
): Node {
  checkWires(stage, inputs);
  const yields = "many" in stage.output;
  return new Node({
    stage,
    type: artifactOf(stage.output),
    arity: yields || stage.over !== undefined ? "many" : "one",
    inputs,
    params: parseParams(stage.params, params, `stage "${stage.name}"`),
    scope: currentScope(),
    label: undefined,
    included: isIncluding(),
  });
}
