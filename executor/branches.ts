/** @file Runs branches: each key once, however many nodes ask for it; damaged inputs are made again on the way. */
import type { StoreRecord } from "../cache/mod.ts";
import type { GraphNode } from "../dsl/mod.ts";
import { InterruptedError, messageOf } from "./errors.ts";
import type { Task, WiredDigests } from "./execute.ts";
import { damagedDigest } from "./failure.ts";
import type { Branch, Prepared, Result } from "./prepare.ts";
import type { RunOptions } from "./request.ts";
import type { Runner } from "./runner.ts";
import type { Session, Watch } from "./session.ts";

/** Runs the branches of a session's nodes. */
export class Branches {
  readonly #session: Session;
  readonly #options: RunOptions;
  readonly #runner: Runner;
  readonly #watch: Watch;
  readonly #results: ReadonlyMap<string, Result>;
  readonly #prepared: ReadonlyMap<string, Prepared>;
  readonly #inFlight = new Map<string, Promise<StoreRecord>>();

  constructor(
    session: Session,
    options: RunOptions,
    runner: Runner,
    watch: Watch,
    results: ReadonlyMap<string, Result>,
    prepared: ReadonlyMap<string, Prepared>,
  ) {
    this.#session = session;
    this.#options = options;
    this.#runner = runner;
    this.#watch = watch;
    this.#results = results;
    this.#prepared = prepared;
  }

  /** Runs a branch and returns its record. Throws InterruptedError, or what the stage threw. */
  async run(node: GraphNode, branch: Branch): Promise<StoreRecord> {
    if (this.#options.signal?.aborted) throw new InterruptedError();
    let running = this.#inFlight.get(branch.key);
    if (running === undefined) this.#inFlight.set(branch.key, running = this.#attempt(node, branch));
    return await running;
  }

  /** Makes a missing or damaged object again, by running the branch that made it. `cause` is told. */
  async repair(digest: string, cause: string): Promise<void> {
    const isMaker = ([id]: [string, Prepared]) => this.#results.get(id)?.items.some((item) => item.digest === digest);
    const [id, prepared] = [...this.#prepared].find(isMaker) ?? [];
    const branch = prepared?.branches.find(({ record }) => record?.items.some((item) => item.digest === digest));
    if (id === undefined || branch === undefined) throw new Error(cause);
    this.#watch({ kind: "log", id, level: "warning", message: `${cause}; it is made again by "${id}"` });
    this.#inFlight.delete(branch.key);
    const node = this.#session.nodes.find((candidate) => candidate.id === id)!;
    const record = await this.run(node, branch);
    if (record.items.some((item) => item.digest === digest)) return;
    throw new Error(
      `Stage "${node.node.stage.name}" (${id}) made another result from the same inputs: it is not deterministic`,
    );
  }

  async #attempt(node: GraphNode, branch: Branch): Promise<StoreRecord> {
    try {
      return await this.#send(node, branch);
    } catch (error) {
      if (this.#options.signal?.aborted) throw new InterruptedError();
      const digest = damagedDigest(error);
      if (digest === undefined) throw error;
      await this.repair(digest, messageOf(error));
      return await this.#send(node, branch);
    }
  }

  #send(node: GraphNode, branch: Branch): Promise<StoreRecord> {
    const task: Task = {
      node: node.id,
      branch: branch.index,
      key: branch.key,
      manifest: branch.manifest,
      force: this.#session.forced.has(node.id),
      inputs: this.#wire(node, branch),
    };
    return this.#runner.run(task, {
      progress: (progress) => this.#watch({ kind: "progress", id: node.id, branch: branch.index, ...progress }),
      log: (message) => this.#watch({ kind: "log", id: node.id, level: "info", message }),
    });
  }

  #wire(node: GraphNode, branch: Branch): Record<string, WiredDigests> {
    const { stage } = node.node;
    const wired: Record<string, WiredDigests> = {};
    for (const [name, ids] of Object.entries(node.inputs)) {
      if (typeof ids !== "string") {
        const named = Object.entries(ids).map(([key, id]) => [key, this.#results.get(id)!.digest]);
        wired[name] = { named: Object.fromEntries(named) };
        continue;
      }
      const { items } = this.#results.get(ids)!;
      if (stage.over === name) wired[name] = { one: items[branch.index]!.digest };
      else if ("many" in stage.inputs[name]!) wired[name] = { many: items.map(({ digest }) => digest) };
      else wired[name] = { one: items[0]!.digest };
    }
    return wired;
  }
}
