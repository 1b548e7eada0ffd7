/** @file What a run or a plan says: the document of `run --json`, and the events a running pipeline sends. */

import type { UpstreamReport } from "../cache/mod.ts";

/**
 * What happened to a node: `ran`; `cached` (its key was known); `cutoff` (an input was recomputed and came out the
 * same, so its key was known after all); `failed`; `skipped` (an input failed). In a plan: what would happen.
 */
export type Status = "ran" | "cached" | "cutoff" | "failed" | "skipped";

/**
 * How the branches of a node ended. A node that maps over nothing has one. In a plan, the total is 0 where it is not
 * known yet: what the node maps over has to be made first.
 */
export interface BranchCounts {
  readonly total: number;
  readonly ran: number;
  readonly cached: number;
  readonly failed: number;
}

/** One node of a report. */
export interface NodeReport {
  readonly id: string;
  readonly stage: string;
  readonly status: Status;
  readonly branches: BranchCounts;
  /** The cache key; null in a plan where an input's digest is not known yet. */
  readonly key: string | null;
  /** The output's digest; null where there is none (yet). */
  readonly digest: string | null;
  readonly seconds: number;
  /** With a remote cache: how many of its branches came from there. */
  readonly remote?: number;
  /** Why it ran or will run; why it failed or was skipped. Empty when cached. */
  readonly reason: string;
}

/** One output of the pipeline: its node, and the files written for people. */
export interface OutputReport {
  readonly node: string;
  readonly digest: string | null;
  readonly files: readonly string[];
}

/** The document of `run --json` and `plan --json`. */
export interface Report {
  readonly pipeline: string;
  readonly preset: string;
  readonly device: string;
  readonly seconds: number;
  readonly counts: Readonly<Record<Status, number>>;
  readonly nodes: readonly NodeReport[];
  readonly outputs: Readonly<Record<string, OutputReport>>;
  /** What came from a remote cache and went there. */
  readonly remote?: UpstreamReport;
  readonly error?: { readonly node: string | null; readonly message: string };
}

/** What a running pipeline tells whoever watches. */
export type RunEvent =
  /** Sent once, before anything runs: all nodes in order. */
  | { readonly kind: "graph"; readonly nodes: readonly { readonly id: string; readonly stage: string }[] }
  /** A node's inputs are known and its branches are counted; those not cached are about to run. */
  | { readonly kind: "start"; readonly id: string; readonly branches: BranchCounts; readonly reason: string }
  /** A branch reports how far it is. `branch` counts from 0. */
  | {
    readonly kind: "progress";
    readonly id: string;
    readonly branch: number;
    readonly done: number;
    readonly total: number;
    readonly unit: string;
  }
  /** A branch ended. */
  | {
    readonly kind: "branch";
    readonly id: string;
    readonly branch: number;
    readonly ok: boolean;
    readonly seconds: number;
    readonly branches: BranchCounts;
  }
  /** A node ended. */
  | { readonly kind: "end"; readonly node: NodeReport }
  /** Something to tell the user. */
  | { readonly kind: "log"; readonly id: string | null; readonly level: "info" | "warning"; readonly message: string };
