/** @file Runs branches: each key once, however many nodes ask for it; damaged inputs are made again on the way. */
import type { StoreRecord } from "../cache/mod.ts";
import type { GraphNode } from "../dsl/mod.ts";
import { InterruptedError, messageOf } from "./errors.ts";
import type { Task, WiredDigests } from "./execute.ts";
import { damagedDigest } from "./failure.ts";
import { Gathering } from "./gathering.ts";
import type { Grouping } from "./grouping.ts";
import type { Branch } from "./branch.ts";
import type { Part } from "./cluster/part.ts";
import type { Prepared, Result } from "./prepare.ts";
import type { RunOptions } from "./request.ts";
import type { Runner, TaskWatch } from "./runner.ts";
import type { Session, Watch } from "./session.ts";

/** Milliseconds in which another process has claimed a group, having claimed the first of it. */
const CLAIMING_MS = 250;

/** How a branch ended: its record, and whether this process computed it or found that another one had. */
export interface Ended {
  readonly record: StoreRecord;
  readonly computed: boolean;
}

/** Runs the branches of a session's nodes. Processes that share a store share the work: who has a key's lease runs it. */
export class Branches {
  readonly #session: Session;
  readonly #options: RunOptions;
  readonly #runner: Runner;
  readonly #watch: Watch;
  readonly #results: ReadonlyMap<string, Result>;
  readonly #prepared: ReadonlyMap<string, Prepared>;
  readonly #part: Part | undefined;
  readonly #inFlight = new Map<string, Promise<Ended | undefined>>();

  constructor(
    session: Session,
    options: RunOptions,
    runner: Runner,
    watch: Watch,
    results: ReadonlyMap<string, Result>,
    prepared: ReadonlyMap<string, Prepared>,
    part?: Part,
  ) {
    this.#session = session;
    this.#options = options;
    this.#runner = runner;
    this.#watch = watch;
    this.#results = results;
    this.#prepared = prepared;
    this.#part = part;
  }

  /**
   * Runs a branch, if nobody else is at it; undefined if somebody is.
   *
   * @param others those that it is to run with in one call
   * @throws InterruptedError, or what the stage threw.
   */
  async tryRun(node: GraphNode, branch: Branch, others?: Gathering): Promise<Ended | undefined> {
    if (this.#options.signal?.aborted) throw new InterruptedError();
    const running = this.#inFlight.get(branch.key);
    if (running !== undefined) {
      others?.leave(branch); // which may be what that one waits for
      const ended = await running;
      return ended && { ...ended, computed: false };
    }
    const attempt = this.#part === undefined
      ? this.#claimAndRun(node, branch, others)
      : this.#lookAndRun(this.#part, node, branch, others);
    this.#inFlight.set(branch.key, attempt);
    const ended = await attempt;
    if (ended === undefined) this.#inFlight.delete(branch.key);
    return ended;
  }

  /** Runs branches of a node in one call, those that nobody else is at; each settles as `tryRun()` does. */
  tryTogether(node: GraphNode, branches: readonly Branch[]): readonly Promise<Ended | undefined>[] {
    const group = new Gathering(this.#runner, branches);
    const attempt = (branch: Branch) => this.tryRun(node, branch, group);
    let looked: Promise<void> | undefined;
    // Several processes that begin with one group would each get some of it. Whoever has the first gets the others, too.
    const follow = async (branch: Branch) => {
      if (!await group.lead) await (looked ??= this.#part!.sightings.lookAfter(CLAIMING_MS));
      return await attempt(branch);
    };
    return branches.map((branch, i) => {
      const tried = i === 0 || this.#part === undefined ? attempt(branch) : follow(branch);
      return tried.finally(() => group.leave(branch));
    });
  }

  /** How many branches like this one may be one call; undefined where nobody knows how to. */
  async most(node: GraphNode, branch: Branch): Promise<Grouping | undefined> {
    try {
      return await this.#runner.together?.most(this.#task(node, branch));
    } catch (error) {
      throw this.#options.signal?.aborted ? new InterruptedError() : error;
    }
  }

  /** Waits until somebody else has computed a branch, or has given up on it. */
  async wait(node: GraphNode, branch: Branch): Promise<Ended | undefined> {
    if (this.#part !== undefined) {
      const seen = await this.#part.sightings.wait(branch.key, this.#part.takes(node));
      return seen === "stored" ? await this.#find(branch, this.#part.counts) : undefined;
    }
    const { signal } = this.#options;
    const again = this.#session.forced.has(node.id);
    try {
      const record = await this.#session.store.waitFor(branch.key, { again, ...(signal && { signal }) });
      return record && { record, computed: false };
    } catch (error) {
      if (signal?.aborted) throw new InterruptedError();
      throw error;
    }
  }

  /** Makes a missing or damaged object again, by running the branch that made it. `cause` is told. */
  async repair(digest: string, cause: string): Promise<void> {
    const positions = [...this.#prepared.keys()].map((id) => {
      return [id, this.#results.get(id)?.items.findIndex((item) => item.digest === digest) ?? -1] as const;
    });
    const [id, position] = positions.find(([, position]) => position !== -1) ?? [];
    if (id === undefined || position === undefined) throw new Error(cause);
    this.#watch({ kind: "log", id, level: "warning", message: `${cause}; it is made again by "${id}"` });
    const node = this.#session.nodes.find((candidate) => candidate.id === id)!;
    // By position, as a look for the record finds none now: each branch of a mapped node makes one item.
    const branch = (await this.#prepared.get(id)!.branches())[node.node.stage.over === undefined ? 0 : position]!;
    this.#inFlight.delete(branch.key);
    let ended = await this.tryRun(node, branch);
    while (ended === undefined) ended = await this.wait(node, branch) ?? await this.tryRun(node, branch);
    if (ended.record.items.some((item) => item.digest === digest)) return;
    throw new Error(
      `Stage "${node.node.stage.name}" (${id}) made another result from the same inputs: it is not deterministic`,
    );
  }

  async #find(branch: Branch, computed: boolean): Promise<Ended | undefined> {
    const record = await this.#session.store.findRecord(branch.key);
    this.#part?.sightings.settle(branch.key);
    return record && { record, computed };
  }

  /** Like `#claimAndRun()`, where others may have computed the branch, or be at it, since it was looked for. */
  async #lookAndRun(part: Part, node: GraphNode, branch: Branch, others?: Gathering): Promise<Ended | undefined> {
    const { held, failure } = part.sightings.of(branch.key);
    if (failure !== undefined) throw new Error(failure);
    if (held) {
      others?.refuse(branch);
      return undefined;
    }
    // One look costs a shared disk less than a lease that turns out not to be needed.
    return await this.#find(branch, part.counts) ?? await this.#claimAndRun(node, branch, others);
  }

  async #claimAndRun(node: GraphNode, branch: Branch, others?: Gathering): Promise<Ended | undefined> {
    const again = this.#session.forced.has(node.id);
    const claim = await this.#session.store.claim(branch.key, { again });
    if (claim === undefined) {
      others?.refuse(branch);
      return undefined;
    }
    others?.grant(branch);
    if (claim.lease === undefined) return { record: claim.record, computed: false };
    try {
      const failure = await this.#part?.failureOf(branch.key); // which may have come since the last look
      if (failure !== undefined) throw new Error(failure);
      this.#part?.began(node, branch.index);
      const record = await this.#attempt(node, branch, others);
      await this.#session.store.upstream?.share(branch.key);
      await this.#part?.ended(node, branch.index, branch.key);
      return { record, computed: true };
    } catch (error) {
      await this.#part?.ended(node, branch.index, branch.key, error);
      throw error;
    } finally {
      this.#part?.sightings.settle(branch.key);
      await claim.lease.release();
    }
  }

  async #attempt(node: GraphNode, branch: Branch, others?: Gathering): Promise<StoreRecord> {
    let send = () => others?.join(branch, this.#task(node, branch), this.#watchOf(node, branch)) ?? alone();
    const alone = () => this.#runner.run(this.#task(node, branch), this.#watchOf(node, branch));
    // A collection may hold several damaged items; the stage finds them one by one.
    for (const repaired = new Set<string>();;) {
      try {
        await this.#session.store.bring(digestsIn(this.#wire(node, branch)));
        return await send();
      } catch (error) {
        if (this.#options.signal?.aborted) throw new InterruptedError();
        const digest = damagedDigest(error);
        if (digest === undefined || repaired.has(digest)) throw error;
        repaired.add(digest);
        const repair = () => this.repair(digest, messageOf(error));
        await (others?.once(digest, repair) ?? repair());
        if (others) send = () => others.alone.use(0, alone); // a group has one slot
      }
    }
  }

  /** Runs a branch and stores nothing: the record says what came out. */
  dryRun(node: GraphNode, branch: Branch): Promise<StoreRecord> {
    return this.#runner.run(this.#task(node, branch, "compare"), this.#watchOf(node, branch));
  }

  #task(
    node: GraphNode,
    branch: Branch,
    store: Task["store"] = this.#session.forced.has(node.id) ? "replace" : "keep",
  ): Task {
    return {
      node: node.id,
      branch: branch.index,
      key: branch.key,
      manifest: branch.manifest,
      store,
      checkpointSeconds: this.#options.checkpointSeconds,
      inputs: this.#wire(node, branch),
    };
  }

  #watchOf(node: GraphNode, branch: Branch): TaskWatch {
    return {
      progress: (progress) => this.#watch({ kind: "progress", id: node.id, branch: branch.index, ...progress }),
      log: (message) => this.#watch({ kind: "log", id: node.id, level: "info", message }),
      warn: (message) => this.#watch({ kind: "log", id: node.id, level: "warning", message }),
    };
  }

  #wire(node: GraphNode, branch: Branch): Record<string, WiredDigests> {
    const { stage } = node.node;
    const wired: Record<string, WiredDigests> = {};
    for (const [name, ids] of Object.entries(node.inputs)) {
      if (typeof ids !== "string") {
        const made = Object.entries(ids).filter(([, id]) => this.#results.has(id));
        wired[name] = { named: Object.fromEntries(made.map(([key, id]) => [key, this.#results.get(id)!.digest])) };
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

function digestsIn(wired: Readonly<Record<string, WiredDigests>>): readonly string[] {
  return Object.values(wired).flatMap((wire) => {
    return "one" in wire ? [wire.one] : "many" in wire ? wire.many : Object.values(wire.named);
  });
}
