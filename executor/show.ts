/** @file show() and graph(): look at a pipeline and at what it made, without running anything. */
import { DamagedObjectError, MissingObjectError } from "../cache/mod.ts";
import { type ArtifactType, dependencies, type Graph, type Items, type Value } from "../dsl/mod.ts";
import { DamagedStoreError, messageOf, RequestError } from "./errors.ts";
import { readValue, StoredItems } from "./items.ts";
import { load } from "./load.ts";
import { prepare, type Result } from "./prepare.ts";
import type { PipelineRequest, RunOptions } from "./request.ts";
import { nodeNamed, selected } from "./select.ts";
import { closeSession, openSession } from "./session.ts";

/** A node's output. Reading an item may throw DamagedStoreError. */
export interface Shown {
  readonly node: string;
  readonly stage: string;
  readonly type: ArtifactType;
  readonly digest: string;
  /** Whether it is a collection, made by a mapped stage or one that yields. */
  readonly many: boolean;
  readonly items: Items<ArtifactType>;
}

/** The graph of a pipeline. Throws RequestError when the request is wrong. */
export async function graph(request: PipelineRequest): Promise<Graph> {
  return (await load(request)).graph;
}

/**
 * Finds a node's output in the store.
 *
 * @throws RequestError when there is no such node, or it has not been computed; DamagedStoreError when reading fails.
 */
export async function show(request: PipelineRequest, options: RunOptions, id: string): Promise<Shown> {
  // What is stored was checked when it was made.
  const session = await openSession({ ...request, check: false }, options, () => {});
  try {
    const wanted = nodeNamed(session.graph, id);
    const results = new Map<string, Result>();
    for (const node of selected(session.graph, id)) {
      const ready = dependencies(node).every((needed) => results.has(needed));
      const result = ready ? (await prepare(node, results, session.store, session.codes)).known : undefined;
      if (result === undefined) {
        throw new RequestError(`Cannot show "${id}": "${node.id}" has not been computed; run the pipeline first`);
      }
      results.set(node.id, result);
    }
    const { items, digest } = results.get(id)!;
    const { type, arity, stage } = wanted.node;
    const stored = new CheckedItems(session.store, type, items.map((item) => item.digest), readValue);
    await session.store.bring(items.map((item) => item.digest)); // they are read when the session has ended
    return { node: id, stage: stage.name, type, digest, many: arity === "many", items: stored };
  } finally {
    await closeSession(session, () => {});
  }
}

/** Items whose damage is told as the command line's own error. */
class CheckedItems extends StoredItems<Value<ArtifactType>> {
  override async at(index: number): Promise<Value<ArtifactType>> {
    try {
      return await super.at(index);
    } catch (cause) {
      if (cause instanceof DamagedObjectError || cause instanceof MissingObjectError) {
        throw new DamagedStoreError(messageOf(cause), { cause });
      }
      throw cause;
    }
  }
}
