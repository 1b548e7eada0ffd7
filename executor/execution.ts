/** @file An execution: every node waits for its inputs, looks up its keys, and runs the branches that are missing. */
import { StoreWriteError } from "../cache/mod.ts";
import { dependencies, type GraphNode, requirements } from "../dsl/mod.ts";
import { firstAttempts, groupsOf } from "./attempts.ts";
import type { Branch } from "./branch.ts";
import { Branches } from "./branches.ts";
import type { Part } from "./cluster/part.ts";
import { InterruptedError, messageOf } from "./errors.ts";
import { describeFailures, type Failure } from "./failure.ts";
import { forgetFamily } from "./family.ts";
import { remember } from "./history.ts";
import type { Warn } from "./lookup.ts";
import { prepare, type Prepared, publishIndex, type Result, resultOf } from "./prepare.ts";
import { reasonFor } from "./reason.ts";
import type { BranchCounts, NodeReport, Status } from "./report.ts";
import type { RunOptions } from "./request.ts";
import type { Runner } from "./runner.ts";
import { type Session, type Watch, wiresOf } from "./session.ts";
import { Slots } from "./slots.ts";

/** How a node ended. */
interface Outcome {
  readonly report: NodeReport;
  /** Whether the node or something upstream of it was recomputed. */
  readonly stirred: boolean;
}

/** Runs the nodes of a session. */
export class Execution {
  readonly results = new Map<string, Result>();
  readonly prepared = new Map<string, Prepared>();
  readonly branches: Branches;
  readonly #session: Session;
  readonly #options: RunOptions;
  readonly #watch: Watch;
  readonly #slots: Slots;
  readonly #part: Part | undefined;
  readonly #outcomes = new Map<string, Promise<Outcome>>();
  readonly #priority = new Map<string, number>();
  #failed = false;

  /** @param part this process's, where several share the run */
  constructor(session: Session, options: RunOptions, runner: Runner, watch: Watch, part?: Part) {
    this.#session = session;
    this.#options = options;
    this.#watch = watch;
    this.#slots = new Slots(runner.slots);
    this.#part = part;
    this.branches = new Branches(session, options, runner, watch, this.results, this.prepared, part);
    session.nodes.forEach(({ id }, i) => this.#priority.set(id, i));
  }

  /** Runs everything; the reports are in the order of the graph. */
  async run(): Promise<NodeReport[]> {
    for (const node of this.#session.nodes) this.#outcomes.set(node.id, this.#process(node));
    const outcomes = await Promise.all(this.#outcomes.values());
    return outcomes.map(({ report }) => report);
  }

  async #process(node: GraphNode): Promise<Outcome> {
    const needed = dependencies(node);
    const upstream = await Promise.all(needed.map((id) => this.#outcomes.get(id)!));
    const stirred = upstream.some((outcome) => outcome.stirred);
    const unmade = needed.filter((id) => !this.results.has(id));
    const missing = requirements(node).filter((id) => unmade.includes(id));
    const skip = missing.length > 0
      ? `needs ${missing.join(", ")}`
      : this.#options.signal?.aborted
      ? "interrupted"
      : this.#failed && !this.#options.keepGoing
      ? "another stage failed (--keep-going runs what does not depend on it)"
      : undefined;
    if (skip !== undefined) return this.#end(node, "skipped", { reason: skip, stirred });
    if (unmade.length > 0) {
      const message = `Goes on without what could not be made: ${unmade.join(", ")}`;
      this.#watch({ kind: "log", id: node.id, level: "warning", message });
    }
    try {
      return await this.#runNode(node, stirred);
    } catch (error) {
      this.#failed = true;
      return this.#end(node, "failed", { reason: messageOf(error), stirred });
    }
  }

  async #runNode(node: GraphNode, stirred: boolean): Promise<Outcome> {
    const { store, codes, forced, pipeline } = this.#session;
    const warn = (message: string) => this.#watch({ kind: "log", id: node.id, level: "warning", message });
    const prepared = await prepare(node, this.results, store, codes, warn);
    this.prepared.set(node.id, prepared);
    const { known, total } = prepared;
    if (known !== undefined && (!forced.has(node.id) || total === 0)) {
      this.results.set(node.id, known);
      if (!prepared.indexed) await tryPublishIndex(store, node, prepared, known, warn);
      const branchKeys = async () => (await prepared.branches()).map(({ key }) => key);
      await store.upstream?.share(prepared.key, prepared.mapped && branchKeys);
      const remote = await fromRemote(store, prepared);
      if (stirred && await this.#part?.isNew(prepared.key)) {
        return this.#end(node, "ran", {
          prepared,
          stirred,
          branches: counts(total, total, 0),
          reason: "an input changed",
          remote,
        });
      }
      return this.#end(node, stirred ? "cutoff" : "cached", {
        prepared,
        stirred,
        branches: counts(total, 0, 0),
        remote,
      });
    }
    if (forced.has(node.id) && prepared.mapped !== undefined) await forgetFamily(store, prepared.mapped.family);
    const priority = this.#priority.get(node.id)!;
    const reason = forced.has(node.id)
      ? "forced"
      : await reasonFor(store, pipeline.name, node.id, prepared, wiresOf(node));
    const all = await prepared.branches();
    const due = all.filter(({ found }) => found === undefined || forced.has(node.id));
    let started: number | undefined;
    const failures: Failure[] = [];
    let ran = await this.#newAmong(all.filter(({ found }) => found !== undefined));
    let found = total - due.length - ran;
    this.#watch({ kind: "start", id: node.id, branches: counts(total, ran, 0, found), reason });
    const began = new Map<Branch, number>();
    const enter = (branch: Branch) => {
      began.set(branch, performance.now());
      started ??= began.get(branch);
    };
    const turns = { slots: this.#slots, priority };
    if (this.#part && !this.#part.takes(node)) this.#part.sightings.expect(due.map(({ key }) => key));
    await this.#part?.due(node, due.length);
    const groups = await groupsOf(node, due, this.branches, turns, warn, this.#part);
    if (groups.length === 0) started = performance.now(); // others run them
    const attempts = firstAttempts(node, groups, this.branches, turns, enter);
    await Promise.all(due.map(async (branch) => {
      const again = () => {
        enter(branch);
        return this.branches.tryRun(node, branch);
      };
      try {
        let ended = await attempts.get(branch);
        // Somebody else is at it: they are waited for outside, so that the slot serves another branch.
        while (ended === undefined) {
          ended = await this.branches.wait(node, branch) ?? await this.#slots.use(priority, again);
        }
        branch.found = ended.record;
        if (ended.computed) ran++;
        else found++;
      } catch (error) {
        if (error instanceof InterruptedError) return;
        failures.push({ branch, message: messageOf(error) });
        this.#failed = true;
      }
      const now = counts(total, ran, failures.length, found);
      const ok = failures.every((failure) => failure.branch !== branch);
      const seconds = (performance.now() - (began.get(branch) ?? performance.now())) / 1000;
      this.#watch({ kind: "branch", id: node.id, branch: branch.index, ok, seconds, branches: now });
    }));
    const seconds = started === undefined ? 0 : (performance.now() - started) / 1000;
    const branches = counts(total, ran, failures.length, found);
    if (failures.length > 0) {
      const reason = describeFailures(node, failures, total);
      return this.#end(node, "failed", { prepared, stirred, branches, reason, seconds });
    }
    const result = resultOf(node.node, all);
    if (result === undefined) return this.#end(node, "skipped", { stirred, branches, reason: "interrupted", seconds });
    this.results.set(node.id, result);
    // Of several that share a run, whoever is first writes it.
    const isIndexed = this.#part !== undefined && (await store.readRecord(prepared.key))?.digest === result.digest;
    if (!isIndexed) await publishIndex(store, node, prepared, result, ran > 0);
    await remember(store, pipeline.name, node.id, prepared, result.digest);
    return this.#end(node, ran > 0 ? "ran" : "cached", {
      prepared,
      stirred: stirred || ran > 0,
      branches,
      reason,
      seconds,
      remote: await fromRemote(store, prepared),
    });
  }

  /** How many of these branches others computed for this run before it looked. */
  async #newAmong(branches: readonly Branch[]): Promise<number> {
    if (!this.#part?.counts) return 0;
    let count = 0;
    const { upstream } = this.#session.store;
    for (const { key } of branches) if (!upstream?.gave(key) && await this.#part.isNew(key)) count++;
    return count;
  }

  #end(
    node: GraphNode,
    status: Status,
    told: {
      readonly prepared?: Prepared;
      readonly stirred: boolean;
      readonly branches?: BranchCounts;
      readonly reason?: string;
      readonly seconds?: number;
      readonly remote?: number | undefined;
    },
  ): Outcome {
    const report: NodeReport = {
      id: node.id,
      stage: node.node.stage.name,
      status,
      branches: told.branches ?? { total: 0, ran: 0, cached: 0, failed: 0 },
      key: told.prepared?.key ?? null,
      digest: this.results.get(node.id)?.digest ?? null,
      seconds: told.seconds ?? 0,
      ...(told.remote === undefined ? {} : { remote: told.remote }),
      reason: told.reason ?? "",
    };
    this.#watch({ kind: "end", node: report });
    return { report, stirred: told.stirred };
  }
}

/** For a result that can be used all the same: without its index record, the next run looks for each branch again. */
async function tryPublishIndex(
  store: Session["store"],
  node: GraphNode,
  prepared: Prepared,
  result: Result,
  warn: Warn,
): Promise<void> {
  try {
    await publishIndex(store, node, prepared, result, false);
  } catch (error) {
    if (!(error instanceof StoreWriteError)) throw error;
    warn(error.message);
  }
}

/** How many branches of a node came from a remote cache; undefined where there is none. */
async function fromRemote(
  { upstream }: Session["store"],
  { key, total, mapped, indexed, branches }: Prepared,
): Promise<number | undefined> {
  if (upstream === undefined) return undefined;
  if (upstream.gave(key)) return total;
  if (mapped === undefined || indexed) return 0;
  return (await branches()).filter((branch) => upstream.gave(branch.key)).length;
}

function counts(total: number, ran: number, failed: number, cached = total - ran - failed): BranchCounts {
  return { total, ran, cached, failed };
}
