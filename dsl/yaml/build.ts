/** @file yamlPipeline(): from a graph spelled in YAML to a pipeline like any other. */
import { z } from "zod";
import type { Node, Wire } from "../node.ts";
import type { AnyPipeline } from "../pipeline.ts";
import { makeNode, type StageDefinition } from "../stage.ts";
import { checkWires, WiringError } from "../wiring.ts";
import { checkParams } from "./check_params.ts";
import type { StageLibrary } from "./library.ts";
import type { GraphDocument, YamlInput, YamlName, YamlNode } from "./read.ts";

/**
 * The pipeline of a graph spelled in YAML. Node ids are the names in the file.
 *
 * @param library the stages that the file may name, by dotted name.
 * @throws YamlError with every unknown stage, wrong reference, wiring or parameter, and its place.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { artifact, buildGraph, column, stage } from "engram/dsl/mod.ts";
 * import { readYaml, stageLibrary, yamlPipeline } from "engram/dsl/yaml/mod.ts";
 * import { z } from "zod";
 * const Numbers = artifact("Numbers", "One row a number", { value: column.float64() });
 * const zero = stage({
 *   name: "zero", doc: "A zero", inputs: {}, params: z.object({}), output: Numbers,
 *   run: () => ({ value: Float64Array.of(0) }),
 * });
 * const document = readYaml("{ name: mine, nodes: { a: { stage: zero } }, outputs: { a: a } }", "mine.yaml");
 * if (document.kind === "graph") {
 *   const pipeline = yamlPipeline(document, stageLibrary({ zero }));
 *   assert(buildGraph(pipeline, {}).nodes[0]?.id === "a");
 * }
 * ```
 */
export function yamlPipeline(document: GraphDocument, library: StageLibrary): AnyPipeline {
  const builder = new Builder(document, library);
  for (const name of document.nodes.keys()) builder.build(name);
  const outputs: Record<string, Node> = {};
  for (const [name, to] of document.outputs) {
    const node = builder.refer(to, `output "${name}"`);
    if (node !== undefined) outputs[name] = node;
  }
  document.source.check();
  return { name: document.name, params: z.object({}), presets: { default: {} }, graph: () => outputs };
}

/** Makes each node after those it refers to; undefined stands for a node with a problem that was reported. */
class Builder {
  readonly #document: GraphDocument;
  readonly #library: StageLibrary;
  readonly #made = new Map<string, Node | undefined>();
  readonly #making: string[] = [];

  constructor(document: GraphDocument, library: StageLibrary) {
    this.#document = document;
    this.#library = library;
  }

  build(name: string): Node | undefined {
    if (!this.#made.has(name)) {
      this.#making.push(name);
      this.#made.set(name, this.#make(name, this.#document.nodes.get(name)!));
      this.#making.pop();
    }
    return this.#made.get(name);
  }

  /** The node that a name stands for; `from` says who asks. */
  refer({ text, at }: YamlName, from: string): Node | undefined {
    const { nodes, source } = this.#document;
    if (!nodes.has(text)) {
      source.reportUnknown(at, `node "${text}" in ${from}`, text, nodes.keys());
      return undefined;
    }
    const start = this.#making.indexOf(text);
    if (start < 0) return this.build(text);
    const cycle = [...this.#making.slice(start), text].map((name) => `"${name}"`).join(" -> ");
    source.report(at, `Cannot order nodes that need each other: ${cycle}; remove one of these references`);
    return undefined;
  }

  #make(name: string, node: YamlNode): Node | undefined {
    const { source } = this.#document;
    const before = source.problems;
    const wires = new Map<string, Wire | undefined>();
    for (const [input, { to }] of node.inputs) wires.set(input, this.#wire(to, `input "${input}" of node "${name}"`));
    if (!Object.hasOwn(this.#library, node.stage.text)) {
      this.#reportStage(node.stage);
      return undefined;
    }
    const stage = this.#library[node.stage.text]!;
    this.#checkWires(stage, name, node, wires);
    const raw = (node.params && source.plain(node.params.value)) ?? {};
    checkParams(source, stage.params, raw, { of: `node "${name}"`, entry: node.params, owner: node.key });
    if (source.problems > before || [...wires.values()].includes(undefined)) return undefined;
    return makeNode(stage, Object.fromEntries(wires) as Record<string, Wire>, raw).as(name);
  }

  #reportStage({ text, at }: YamlName): void {
    const names = Object.keys(this.#library);
    // Whoever left out the namespace means the stage that ends so.
    const inNamespace = names.filter((name) => name.endsWith(`.${text}`));
    const close = inNamespace.length === 1 ? inNamespace[0] : undefined;
    this.#document.source.reportUnknown(at, `stage "${text}"`, text, names, close);
  }

  #wire(to: YamlInput["to"], from: string): Wire | undefined {
    if (!(to instanceof Map)) return this.refer(to, from);
    const wires: Record<string, Node> = {};
    let complete = true;
    for (const [key, inner] of to) {
      const node = this.refer(inner, from);
      if (node === undefined) complete = false;
      else wires[key] = node;
    }
    return complete ? wires : undefined;
  }

  #checkWires(
    stage: StageDefinition,
    name: string,
    node: YamlNode,
    wires: ReadonlyMap<string, Wire | undefined>,
  ): void {
    const { source } = this.#document;
    try {
      checkWires(stage, Object.fromEntries(wires), `node "${name}"`);
    } catch (error) {
      if (!(error instanceof WiringError)) throw error;
      for (const { path: [input = "", inner], message, nearest } of error.issues) {
        const written = node.inputs.get(input);
        // What it refers to has a problem of its own, which is reported there.
        if (written !== undefined && Object.hasOwn(stage.inputs, input) && wires.get(input) === undefined) continue;
        const to = written?.to instanceof Map ? written.to.get(inner ?? "") : written?.to;
        // A name that the stage does not know is wrong itself; otherwise what it refers to is.
        const place = (Object.hasOwn(stage.inputs, input) ? to?.at : undefined) ?? written?.key ?? node.key;
        source.report(place, message, nearest);
        source.blame(error);
      }
    }
  }
}
