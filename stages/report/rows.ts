/** @file Rows of a report: what each() returned, flattened into the names that a stage joins. */
import type { z } from "zod";
import { type ArtifactType, makeNode, type Named, Node, type Stage, type StageDefinition } from "../../dsl/mod.ts";
import type { Metrics } from "../artifacts/mod.ts";

/** One table of metrics. */
export type MetricsNode = Node<typeof Metrics, "one">;

/** Metrics, listed or named, as deep as one likes. */
export type MetricsTree = MetricsNode | readonly MetricsTree[] | { readonly [name: string]: MetricsTree };

/** Metrics by group: an entry is a row of a table, a line of a figure. The result of `each()` is one. */
export type Rows = Readonly<Record<string, MetricsTree>>;

/** The input that every report has, with names that begin with the group: `sam/attacks/0`. */
export type ReportInputs = { readonly metrics: Named<typeof Metrics> };

/**
 * A stage that joins groups of metrics. It is called with their nested record; a YAML file wires the flat names into
 * its input "metrics".
 */
export interface Report<P extends z.ZodObject, O extends ArtifactType> {
  /**
   * Makes a node.
   *
   * @throws TypeError when something in `rows` is not a single Metrics node, RangeError when `rows` is empty or a name
   * in it is empty or contains `/`.
   */
  (rows: Rows, params?: z.input<P>): Node<O, "one">;
  readonly params: P;
  readonly definition: StageDefinition;
}

/** Lets a stage be called with the nested result of `each()`. The order of its groups becomes the parameter `groups`. */
export function report<P extends z.ZodObject, O extends ArtifactType>(
  joining: Stage<ReportInputs, P, O, undefined>,
): Report<P, O> {
  const { params, definition } = joining;
  function make(rows: Rows, given?: z.input<P>): Node<O, "one"> {
    const order = { groups: Object.keys(rows) };
    return makeNode(definition, { metrics: flatten(rows) }, { ...order, ...given }) as unknown as Node<O, "one">;
  }
  return Object.assign(make, { params, definition });
}

/**
 * Names every node of nested records and lists by its path.
 *
 * @throws TypeError, RangeError as {@link Report} does.
 *
 * @example
 * ```ts
 * import type { MetricsNode } from "engram/stages/report/mod.ts";
 * import { flatten } from "engram/stages/report/rows.ts";
 * function wires(accuracy: MetricsNode, confidence: MetricsNode) {
 *   return flatten({ sam: { accuracy, attacks: [confidence] } }); // named "sam/accuracy", "sam/attacks/0"
 * }
 * ```
 */
export function flatten(rows: Rows): Record<string, MetricsNode> {
  const flat = Object.fromEntries(walk(rows, []));
  if (Object.keys(flat).length === 0) {
    throw new RangeError(`Cannot report on no metrics: give at least one group with at least one node`);
  }
  return flat;
}

function* walk(tree: MetricsTree, path: readonly string[]): Generator<[string, MetricsNode]> {
  if (tree instanceof Node) {
    yield [path.join("/"), tree];
    return;
  }
  if (typeof tree !== "object" || tree === null) {
    throw new TypeError(
      `Cannot report on "${
        path.join("/")
      }", a value of type "${typeof tree}": give nodes of Metrics, in lists or records`,
    );
  }
  for (const [name, branch] of Object.entries(tree)) {
    if (name === "" || name.includes("/")) {
      throw new RangeError(
        `Cannot report on "${name}" in "${path.join("/")}": a name must not be empty nor contain "/"`,
      );
    }
    yield* walk(branch, [...path, name]);
  }
}
