/**
 * @file A simulation of a pool: workers, each of them computing, and one server of files that they all ask. It says how
 * long a stage takes, and with what the server was busy: the first bottleneck is whatever it does most where it is never
 * idle. Operations of a branch are those counted in docs/scaling.md; times of a worker's own are measured here.
 */
import type { Costs } from "./scale_costs.ts";

/** A cluster and what it is to do. */
export interface Cluster {
  readonly workers: number;
  readonly branches: number;
  /** Seconds of computing that a branch takes. */
  readonly seconds: number;
  /** Operations on names and small files that the file server does in a second. */
  readonly operations: number;
}

/** File operations, each a call that a network file system sends to its server (as strace counts them, docs/scaling.md). */
export const OPERATIONS = {
  /** Look for the record, link, look again, read the chain, unlink. */
  lease: 10,
  /** Create, write, close and rename the object; create, write, close, link and unlink the record; flushes. */
  publish: 15,
  /** Open, read and close a record, and look for its object. */
  read: 4,
  /** Open what is not there. */
  miss: 1,
  /** Append a key to the list of what is in use: 64 go into a page. */
  use: 1 / 64,
} as const;

/** Seconds between two statuses of a worker, and two heartbeats. */
const [STATUS, BEAT] = [2, 5];
/** Workers that share one pace of statuses (executor/cluster/worker_part.ts). */
const WORKERS_A_STEP = 16;

/** What came out. */
export interface Outcome {
  /** Seconds until everybody knows the whole result. */
  readonly seconds: number;
  /** Seconds if nothing but computing took time. */
  readonly ideal: number;
  /** Share of the time in which the server was busy, and with what. */
  readonly busy: number;
  readonly shares: Readonly<Record<string, number>>;
}

/** A server that answers one request at a time, in the order in which they come. */
class Server {
  readonly spent: Record<string, number> = {};
  readonly #operations: number;
  #free = 0;

  constructor(operations: number) {
    this.#operations = operations;
  }

  /** Asks for so many operations at a time no earlier than any before; when they are done. */
  ask(what: string, at: number, count: number): number {
    const took = count / this.#operations;
    this.spent[what] = (this.spent[what] ?? 0) + took;
    return this.#free = Math.max(this.#free, at) + took;
  }
}

/** Simulates one mapped stage, event by event. */
export function simulate({ workers, branches, seconds, operations }: Cluster, costs: Costs): Outcome {
  // Statuses and heartbeats go on whatever is computed.
  const steady = workers * (4 / (STATUS * (1 + Math.floor(workers / WORKERS_A_STEP))) + 2 / BEAT);
  const server = new Server(Math.max(1, operations - steady));
  const events = new Events();
  for (let worker = 0; worker < workers; worker++) {
    server.ask("saying what is in use", 0, branches * OPERATIONS.use);
    const looked = server.ask("looking for records at the start", 0, branches * OPERATIONS.miss);
    events.add(looked + branches * (costs.key + costs.miss) / 1000, -1);
  }
  // On its way from one branch that it computes to the next, a worker passes those that others computed meanwhile.
  const passed = workers - 1;
  let left = branches;
  let end = 0;
  for (let event = events.next(); event !== undefined; event = events.next()) {
    let { at } = event;
    if (event.kind === 1) {
      at = server.ask("publishing", at, OPERATIONS.publish) + costs.publish / 1000;
      at = server.ask("reading what others made", at, passed * OPERATIONS.read) + passed * costs.read / 1000;
    }
    end = Math.max(end, at);
    if (left === 0) continue;
    left--;
    events.add(server.ask("leases", at, OPERATIONS.lease) + costs.lease / 1000 + seconds, 1);
  }
  const shares = Object.fromEntries(Object.entries(server.spent).map(([what, took]) => [what, took / end]));
  const busy = Object.values(shares).reduce((sum, share) => sum + share, 0);
  return { seconds: end, ideal: Math.ceil(branches / workers) * seconds, busy, shares };
}

interface Event {
  readonly at: number;
  /** 1: a branch is computed; -1: a worker is ready to begin. */
  readonly kind: 1 | -1;
}

/** Events in order of time: a binary heap. */
class Events {
  readonly #heap: Event[] = [];

  add(at: number, kind: Event["kind"]): void {
    const heap = this.#heap;
    let i = heap.push({ at, kind }) - 1;
    for (let up = (i - 1) >> 1; i > 0 && heap[up]!.at > heap[i]!.at; i = up, up = (i - 1) >> 1) {
      [heap[up], heap[i]] = [heap[i]!, heap[up]!];
    }
  }

  next(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return first;
    heap[0] = last;
    for (let i = 0;;) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      let least = i;
      if (left < heap.length && heap[left]!.at < heap[least]!.at) least = left;
      if (right < heap.length && heap[right]!.at < heap[least]!.at) least = right;
      if (least === i) return first;
      [heap[least], heap[i]] = [heap[i]!, heap[least]!];
      i = least;
    }
  }
}

const CLUSTERS: readonly Cluster[] = [
  { workers: 8, branches: 1000, seconds: 10, operations: 10_000 },
  { workers: 32, branches: 10_000, seconds: 10, operations: 10_000 },
  { workers: 32, branches: 10_000, seconds: 60, operations: 10_000 },
  { workers: 100, branches: 10_000, seconds: 60, operations: 10_000 },
  { workers: 100, branches: 100_000, seconds: 60, operations: 10_000 },
  { workers: 1000, branches: 100_000, seconds: 60, operations: 10_000 },
  { workers: 1000, branches: 1_000_000, seconds: 60, operations: 10_000 },
  { workers: 1000, branches: 1_000_000, seconds: 600, operations: 10_000 },
  { workers: 1000, branches: 1_000_000, seconds: 60, operations: 100_000 },
];

/** Prints what becomes of clusters of several sizes. */
export function printSimulation(costs: Costs): void {
  console.log(
    "| workers | branches | s a branch | server ops/s | ideal | simulated | efficiency | server busy | mostly with |",
  );
  console.log("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |");
  for (const cluster of CLUSTERS) {
    const { seconds, ideal, busy, shares } = simulate(cluster, costs);
    const [what, share] = Object.entries(shares).sort(([, a], [, b]) => b - a)[0]!;
    console.log(
      `| ${cluster.workers} | ${cluster.branches} | ${cluster.seconds} | ${cluster.operations} | ${hours(ideal)} | ` +
        `${hours(seconds)} | ${(100 * ideal / seconds).toFixed(0)}% | ${(100 * busy).toFixed(0)}% | ` +
        `${what} (${(100 * share / busy).toFixed(0)}% of that) |`,
    );
  }
}

function hours(seconds: number): string {
  return seconds < 3600 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
