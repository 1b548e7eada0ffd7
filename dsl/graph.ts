/** @file From a pipeline and its parameters to a graph: nodes with ids, in an order in which they can run. */
import { Node, type Wire } from "./node.ts";
import type { AnyPipeline, Outputs } from "./pipeline.ts";
import { isRecord } from "./record.ts";
import type { InputSpec } from "./stage.ts";

/** A node of a graph. Its inputs are the ids of other nodes: one, or several by name. */
export interface GraphNode {
  /** Path in the graph, shown to people: `sam/train`. */
  readonly id: string;
  readonly node: Node;
  /** For each input of the stage: the id wired to it, or ids by name for an input that joins branches. */
  readonly inputs: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** A pipeline's graph: nodes in topological order, and which of them the user asked for. */
export interface Graph {
  readonly pipeline: string;
  readonly nodes: readonly GraphNode[];
  readonly outputs: Readonly<Record<string, string>>;
}

/** The ids a graph node depends on, each once. */
export function dependencies(node: GraphNode): string[] {
  return [
    ...new Set(Object.values(node.inputs).flatMap((ref) => typeof ref === "string" ? [ref] : Object.values(ref))),
  ];
}

/** Those of its dependencies that a node cannot do without. */
export function requirements({ node, inputs }: GraphNode): string[] {
  const required = Object.entries(inputs).filter(([name]) => !isOptional(node.stage.inputs[name]!));
  return [...new Set(required.flatMap(([, ref]) => typeof ref === "string" ? [ref] : Object.values(ref)))];
}

function isOptional(spec: InputSpec): boolean {
  return "named" in spec && spec.unmade === "leave out";
}

/**
 * Builds the graph of a pipeline for parsed parameters. Nodes that are the same stage with the same parameters and
 * inputs under the same name are one node; of included pipelines, under whatever names: what they share is one node, named
 * by the first that has it.
 *
 * @throws TypeError when an output is not a node.
 */
export function buildGraph(pipeline: AnyPipeline, params: unknown): Graph {
  return graphOf(pipeline.name, pipeline.graph(params as never));
}

/** Builds the graph that leads to `outputs`. */
export function graphOf(name: string, outputs: Outputs): Graph {
  const builder = new GraphBuilder();
  const ids: Record<string, string> = {};
  for (const [key, node] of Object.entries(outputs)) {
    if (!(node instanceof Node)) {
      throw new TypeError(
        `Cannot use output "${key}" of pipeline "${name}": it is not a node; return what stages return`,
      );
    }
    ids[key] = builder.add(node);
  }
  return { pipeline: name, nodes: builder.nodes, outputs: ids };
}

class GraphBuilder {
  readonly nodes: GraphNode[] = [];
  readonly #byNode = new Map<Node, string>();
  readonly #bySignature = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #stages = new Map<object, number>();

  add(node: Node): string {
    const known = this.#byNode.get(node);
    if (known !== undefined) return known;
    // In the stage's order, so that the order in which a caller spells inputs keeps no two nodes apart.
    const inputs = Object.fromEntries(
      Object.keys(node.stage.inputs).map((name) => [name, this.#wire(node.inputs[name]!)]),
    );
    const wanted = [...node.scope, node.label ?? node.stage.name].join("/");
    const signature = JSON.stringify([
      node.included ? null : wanted,
      this.#stageNumber(node.stage),
      plain(node.params),
      inputs,
    ]);
    const id = this.#bySignature.get(signature) ?? this.#free(wanted);
    if (!this.#bySignature.has(signature)) {
      this.#bySignature.set(signature, id);
      this.nodes.push({ id, node, inputs });
    }
    this.#byNode.set(node, id);
    return id;
  }

  #wire(wire: Wire): string | Record<string, string> {
    if (wire instanceof Node) return this.add(wire);
    return Object.fromEntries(Object.entries(wire).map(([name, node]) => [name, this.add(node)]));
  }

  #stageNumber(stage: object): number {
    if (!this.#stages.has(stage)) this.#stages.set(stage, this.#stages.size);
    return this.#stages.get(stage)!;
  }

  #free(wanted: string): string {
    let id = wanted;
    for (let n = 2; this.#taken.has(id); n++) id = `${wanted}-${n}`;
    this.#taken.add(id);
    return id;
  }
}

/** Parameters as JSON can tell apart: typed arrays by their elements. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return [value.constructor.name, Array.from(value as unknown as number[])];
  if (Array.isArray(value)) return value.map(plain);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
  return value;
}
