/** @file What is known of a run at one moment: events folded one by one. Views draw it; nothing here prints. */
import type { BranchCounts, NodeReport, RunEvent, Status } from "../../executor/report.ts";
import { Rate } from "./rate.ts";

/** A node that is being worked on. */
export interface RunningNode {
  readonly id: string;
  readonly stage: string;
  readonly reason: string;
  /** When it started, in milliseconds. */
  readonly since: number;
  /** The first sign of work, after waiting for a free worker: when, and how many branches' worth was done by then. */
  first: { readonly at: number; readonly done: number } | undefined;
  branches: BranchCounts;
  /** What branches count: `images`. Empty until one says. */
  unit: string;
  /** Branches at work: units done and units in all. */
  readonly working: Map<number, { readonly done: number; readonly total: number }>;
  /** Units done by branches that have ended. */
  finished: number;
  /** Units a second, over all branches. */
  readonly rate: Rate;
}

/** A run at one moment. */
export interface RunState {
  /** When the run started, in milliseconds. */
  readonly since: number;
  /** How many nodes there are. */
  total: number;
  readonly stages: Map<string, string>;
  readonly running: Map<string, RunningNode>;
  readonly ended: Map<string, NodeReport>;
}

/** The state before anything happened. */
export function initialState(now: number): RunState {
  return { since: now, total: 0, stages: new Map(), running: new Map(), ended: new Map() };
}

/** Changes `state` by one event that came at `now` (milliseconds). */
export function fold(state: RunState, event: RunEvent, now: number): void {
  switch (event.kind) {
    case "graph":
      state.total = event.nodes.length;
      for (const { id, stage } of event.nodes) state.stages.set(id, stage);
      break;
    case "start":
      state.running.set(event.id, {
        id: event.id,
        stage: state.stages.get(event.id) ?? event.id,
        reason: event.reason,
        since: now,
        first: undefined,
        branches: event.branches,
        unit: "",
        working: new Map(),
        finished: 0,
        rate: new Rate(),
      });
      break;
    case "progress": {
      const node = state.running.get(event.id);
      if (node === undefined) break;
      node.unit = event.unit;
      node.working.set(event.branch, { done: event.done, total: event.total });
      node.rate.note(unitsDone(node), now);
      node.first ??= { at: now, done: workDone(node) };
      break;
    }
    case "branch": {
      const node = state.running.get(event.id);
      if (node === undefined) break;
      node.finished += node.working.get(event.branch)?.done ?? 0;
      node.working.delete(event.branch);
      node.branches = event.branches;
      node.first ??= { at: now, done: workDone(node) };
      break;
    }
    case "end":
      state.running.delete(event.node.id);
      state.ended.set(event.node.id, event.node);
      break;
    case "log":
      break;
  }
}

/** Branches that have ended, cached ones included. */
export function branchesDone({ branches }: RunningNode): number {
  return branches.ran + branches.cached + branches.failed;
}

/** Units done by all branches so far. */
function unitsDone(node: RunningNode): number {
  return node.finished + sum([...node.working.values()].map(({ done }) => done));
}

/** The share of the node's work that is done, branches underway counted by their progress: 0 to 1. */
export function shareDone(node: RunningNode): number {
  return node.branches.total === 0 ? 0 : Math.min(1, (branchesDone(node) + underway(node)) / node.branches.total);
}

/** Seconds left if work goes on as it has so far; undefined while there is too little to go by. */
export function secondsLeft(node: RunningNode, now: number): number | undefined {
  if (node.first === undefined) return undefined;
  const seconds = (now - node.first.at) / 1000;
  const done = workDone(node) - node.first.done;
  const left = node.branches.total - node.branches.cached - workDone(node);
  return seconds < 2 || done <= 0 ? undefined : Math.max(0, seconds * left / done);
}

/** How many nodes ended with each status. */
export function endedBy(state: RunState, status: Status): number {
  return [...state.ended.values()].filter((node) => node.status === status).length;
}

/** Branches' worth of work that is done; cached branches took none. */
function workDone(node: RunningNode): number {
  return node.branches.ran + node.branches.failed + underway(node);
}

/** Branches at work, each counted by its share done. */
function underway(node: RunningNode): number {
  return sum([...node.working.values()].map(({ done, total }) => total > 0 ? Math.min(1, done / total) : 0));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
