/** @file The part of one process in a run that several share: which branches it takes, and what it tells of them. */
import type { GraphNode } from "../../dsl/mod.ts";
import type { Sightings } from "./sightings.ts";

/** How a process takes part. A run without one takes everything. */
export interface Part {
  readonly sightings: Sightings;
  /** How many processes share the work: what runs together is cut so that each gets some. */
  readonly processes: number;
  /** Whether branches that others computed count as run by this run: so for whoever had them computed. */
  readonly counts: boolean;
  /** Whether this process runs branches of a node, or leaves them to others. */
  takes(node: GraphNode): boolean;
  /** In which order this process takes what is due: in one of its own, so that not all want the same. */
  order<T>(due: readonly T[]): readonly T[];
  /** Told of a node that has branches to be computed, before any is. */
  due(node: GraphNode, branches: number): Promise<void>;
  /** Whether a result that was found was made by others since this run had something to compute. */
  isNew(key: string): Promise<boolean>;
  /** Why a branch failed in another process; undefined if it did not. */
  failureOf(key: string): Promise<string | undefined>;
  /** Told of a branch that this process begins to compute. */
  began(node: GraphNode, branch: number): void;
  /** Told how that ended, with what was thrown if it failed. Others must know before its lease is given back. */
  ended(node: GraphNode, branch: number, key: string, error?: unknown): Promise<void>;
}
