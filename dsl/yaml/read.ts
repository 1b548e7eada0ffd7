/** @file readYaml(): tells the two kinds of YAML pipeline apart and checks their shape; names are resolved later. */
import type { Node } from "yaml";
import { type YamlEntry, YamlSource } from "./source.ts";

/** A pipeline with some of its parameters changed. */
export interface AblationDocument {
  readonly kind: "ablation";
  readonly source: YamlSource;
  /** The name it was given; otherwise it goes by its file's name. */
  readonly name: string | undefined;
  /** Path of the pipeline that it changes, relative to the YAML file. */
  readonly pipeline: YamlName;
  /** The preset that the changes are merged over. */
  readonly preset: YamlName | undefined;
  /** The changes, as plain data. */
  readonly params: unknown;
  /** Where the changes stand. */
  readonly paramsEntry: YamlEntry | undefined;
}

/** A graph spelled out, node by node. */
export interface GraphDocument {
  readonly kind: "graph";
  readonly source: YamlSource;
  readonly name: string;
  /** Modules with stages of the user's own, relative to the YAML file. */
  readonly imports: readonly YamlName[];
  readonly nodes: ReadonlyMap<string, YamlNode>;
  /** Names of nodes by names of outputs. */
  readonly outputs: ReadonlyMap<string, YamlName>;
}

/** A name or path, and where it stands. */
export interface YamlName {
  readonly text: string;
  readonly at: Node | null;
}

/** One node of a spelled graph. */
export interface YamlNode {
  /** Where its name stands. */
  readonly key: Node;
  readonly stage: YamlName;
  readonly inputs: ReadonlyMap<string, YamlInput>;
  /** Where the parameters stand, if there are any. */
  readonly params: YamlEntry | undefined;
}

/** What an input refers to: one node, or nodes by name. */
export interface YamlInput {
  readonly key: Node;
  readonly to: YamlName | Map<string, YamlName>;
}

/** A YAML pipeline whose shape is right. */
export type YamlDocument = AblationDocument | GraphDocument;

const ABLATION = ["pipeline", "preset", "params", "name"];
const GRAPH = ["name", "import", "nodes", "outputs"];

/** Names of nodes, outputs and pipelines; `/` groups nodes as `each()` does. */
const NAME = /^[A-Za-z0-9][\w.-]*$/;
const NODE_NAME = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/;

/**
 * Reads a YAML pipeline: an ablation (`pipeline`, `preset`, `params`) or a graph (`name`, `nodes`, `outputs`).
 *
 * @param text the file's text.
 * @param file the file's name, for messages.
 * @throws YamlError with every problem of syntax and shape.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readYaml } from "engram/dsl/yaml/mod.ts";
 * const document = readYaml("pipeline: ./table1.ts\nparams: { epochs: 3 }", "mine.yaml");
 * assert(document.kind === "ablation" && document.pipeline.text === "./table1.ts");
 * ```
 */
export function readYaml(text: string, file: string): YamlDocument {
  const source = new YamlSource(text, file);
  const entries = source.entries(source.root, "a pipeline");
  source.check();
  const names = entries!.map(({ name }) => name);
  const [isAblation, isGraph] = [names.includes("pipeline"), names.includes("nodes") || names.includes("outputs")];
  if (isAblation && isGraph) {
    source.report(
      entries!.find(({ name }) => name === "pipeline")!.key,
      'Cannot change a pipeline and spell a graph in one file: keep either "pipeline" or "nodes" and "outputs"',
    );
  }
  const known = isAblation ? ABLATION : isGraph ? GRAPH : [...new Set([...ABLATION, ...GRAPH])];
  for (const { name, key } of entries!) {
    if (!known.includes(name) && !(isAblation && isGraph && GRAPH.includes(name))) {
      source.reportUnknown(key, `entry "${name}" of a pipeline file`, name, known);
    }
  }
  if (!isAblation && !isGraph && source.problems === 0) {
    source.report(
      entries![0]?.key,
      'Cannot tell what the file is: give it "pipeline" (an ablation) or "nodes" and "outputs" (a graph)',
    );
  }
  source.check();
  const fields = new Map(entries!.map((entry) => [entry.name, entry]));
  const document = isAblation ? readAblation(source, fields) : readGraph(source, fields);
  source.check();
  return document as YamlDocument;
}

function readAblation(source: YamlSource, fields: ReadonlyMap<string, YamlEntry>): Partial<AblationDocument> {
  const params = fields.get("params");
  if (params !== undefined && source.plain(params.value) !== null) source.entries(params.value, '"params"');
  return {
    kind: "ablation",
    source,
    name: pipelineName(source, fields.get("name"))?.text,
    pipeline: text(source, fields.get("pipeline"), '"pipeline"')!,
    preset: text(source, fields.get("preset"), '"preset"'),
    params: (params === undefined ? null : source.plain(params.value)) ?? {},
    paramsEntry: params,
  };
}

function readGraph(source: YamlSource, fields: ReadonlyMap<string, YamlEntry>): Partial<GraphDocument> {
  for (const name of ["name", "nodes", "outputs"]) {
    if (!fields.has(name)) source.report(null, `Missing "${name}": a graph has "name", "nodes" and "outputs"`);
  }
  const imports = fields.get("import");
  return {
    kind: "graph",
    source,
    name: pipelineName(source, fields.get("name"))?.text ?? "",
    imports: imports === undefined
      ? []
      : (source.items(imports, '"import"') ?? []).flatMap((item) =>
        text(source, { name: "import", key: item, value: item }, "a module to import") ?? []
      ),
    nodes: readNodes(source, fields.get("nodes")),
    outputs: names(source, fields.get("outputs"), '"outputs"', NAME),
  };
}

function readNodes(source: YamlSource, nodes: YamlEntry | undefined): Map<string, YamlNode> {
  const read = new Map<string, YamlNode>();
  if (nodes === undefined) return read;
  for (const { name, key, value } of source.entries(nodes.value ?? nodes.key, '"nodes"') ?? []) {
    checkName(source, key, name, "a node", NODE_NAME);
    const fields = new Map(
      source.entries(value ?? key, `node "${name}"`)?.map((entry) => [entry.name, entry]) ?? [],
    );
    for (const entry of fields.values()) {
      if (!["stage", "inputs", "params"].includes(entry.name)) {
        source.reportUnknown(entry.key, `entry "${entry.name}" of node "${name}"`, entry.name, [
          "stage",
          "inputs",
          "params",
        ]);
      }
    }
    if (fields.size > 0 && !fields.has("stage")) {
      source.report(key, `Missing "stage" of node "${name}": name the stage that makes it`);
    }
    const stage = text(source, fields.get("stage"), `the stage of node "${name}"`);
    const params = fields.get("params");
    if (params !== undefined && source.plain(params.value) !== null) {
      source.entries(params.value, `the parameters of node "${name}"`);
    }
    if (stage !== undefined) read.set(name, { key, stage, inputs: readInputs(source, name, fields), params });
  }
  return read;
}

function readInputs(source: YamlSource, node: string, fields: ReadonlyMap<string, YamlEntry>): Map<string, YamlInput> {
  const inputs = fields.get("inputs");
  const read = new Map<string, YamlInput>();
  if (inputs === undefined || source.plain(inputs.value) === null) return read;
  for (const entry of source.entries(inputs.value, `the inputs of node "${node}"`) ?? []) {
    const what = `input "${entry.name}" of node "${node}"`;
    const to = source.isMapping(entry.value) ? names(source, entry, what) : text(source, entry, what);
    if (to !== undefined) read.set(entry.name, { key: entry.key, to });
  }
  return read;
}

/** A mapping of names to names of nodes. */
function names(
  source: YamlSource,
  entry: YamlEntry | undefined,
  what: string,
  pattern?: RegExp,
): Map<string, YamlName> {
  const read = new Map<string, YamlName>();
  if (entry === undefined) return read;
  for (const inner of source.entries(entry.value ?? entry.key, what) ?? []) {
    if (pattern !== undefined) checkName(source, inner.key, inner.name, "an output", pattern);
    const to = text(source, inner, `"${inner.name}" in ${what}`);
    if (to !== undefined) read.set(inner.name, to);
  }
  return read;
}

function text(source: YamlSource, entry: YamlEntry | undefined, what: string): YamlName | undefined {
  const string = entry && source.string(entry, what);
  return string === undefined ? undefined : { text: string, at: entry!.value };
}

function pipelineName(source: YamlSource, entry: YamlEntry | undefined): YamlName | undefined {
  const name = text(source, entry, '"name"');
  if (name !== undefined) checkName(source, name.at, name.text, "a pipeline", NAME);
  return name;
}

function checkName(source: YamlSource, at: Node | null, name: string, what: string, pattern: RegExp): void {
  if (pattern.test(name)) return;
  source.report(at, `Cannot name ${what} "${name}": use letters, digits, "-", "_" and "." only`);
}
