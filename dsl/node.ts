/** @file Nodes: typed handles on the results of stages. A node is a plain value; making one computes nothing. */
import type { ArtifactType } from "./artifact.ts";
import type { StageDefinition } from "./stage.ts";

/** Whether a node stands for one artifact or for a collection (the output of a mapped stage). */
export type Arity = "one" | "many";

/** What a node's input is wired to: a node, or nodes by name where the stage joins branches. */
export type Wire = Node | Readonly<Record<string, Node>>;

/** What a node is made of. */
export interface NodeParts<A extends ArtifactType, M extends Arity> {
  readonly stage: StageDefinition;
  readonly type: A;
  readonly arity: M;
  readonly inputs: Readonly<Record<string, Wire>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly scope: readonly string[];
  readonly label: string | undefined;
  readonly included: boolean;
}

/** A handle on a stage's output: it can be wired into other stages, any number of times. */
export class Node<A extends ArtifactType = ArtifactType, M extends Arity = Arity> {
  /** The stage that makes it. */
  readonly stage: StageDefinition;
  /** The artifact type of the output (of one item, where there are many). */
  readonly type: A;
  /** One artifact, or a collection. */
  readonly arity: M;
  /** What the stage's inputs are wired to. */
  readonly inputs: Readonly<Record<string, Wire>>;
  /** The stage's parameters, parsed. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The branches of `each()` it was made in, outermost first. */
  readonly scope: readonly string[];
  /** The name given by {@link Node.as}. */
  readonly label: string | undefined;
  /** Whether it was made by a pipeline that another includes. */
  readonly included: boolean;

  /** Used by `stage()`; call a stage to make a node. */
  constructor(parts: NodeParts<A, M>) {
    this.stage = parts.stage;
    this.type = parts.type;
    this.arity = parts.arity;
    this.inputs = parts.inputs;
    this.params = parts.params;
    this.scope = parts.scope;
    this.label = parts.label;
    this.included = parts.included;
  }

  /**
   * The same node under another name. Names are for people: they show in plans and tables of nodes and never reach a
   * cache key.
   *
   * @throws RangeError when the name is empty.
   */
  as(label: string): Node<A, M> {
    if (label === "") throw new RangeError(`Cannot name a node of stage "${this.stage.name}" "": give it a letter`);
    return new Node({ ...this, label });
  }
}

const scopes: string[] = [];
let inclusions = 0;

/** The branches of `each()` being built right now, outermost first. */
export function currentScope(): readonly string[] {
  return [...scopes];
}

/** Whether an included pipeline's graph is being built right now. */
export function isIncluding(): boolean {
  return inclusions > 0;
}

/** Builds the graph of an included pipeline. */
export function inInclusion<T>(name: string, build: () => T): T {
  inclusions++;
  try {
    return inScope(name, build);
  } finally {
    inclusions--;
  }
}

/** Runs `build` inside one more branch. */
export function inScope<T>(name: string, build: () => T): T {
  scopes.push(name);
  try {
    return build();
  } finally {
    scopes.pop();
  }
}
