/** @file Branches that are to run in one call: the call begins when each of them is claimed, or is known to be another's. */
import type { StoreRecord } from "../cache/mod.ts";
import type { Branch } from "./branch.ts";
import type { Task } from "./execute.ts";
import type { Runner, TaskWatch } from "./runner.ts";
import { Slots } from "./slots.ts";

interface Joined {
  readonly task: Task;
  readonly watch: TaskWatch;
  readonly ended: PromiseWithResolvers<StoreRecord>;
}

/** A group of branches on its way to a runner. Each of them joins with its task, or leaves. */
export class Gathering {
  readonly #runner: Runner;
  readonly #awaited: Set<Branch>;
  readonly #joined: Joined[] = [];
  readonly #once = new Map<string, Promise<void>>();
  readonly #lead = Promise.withResolvers<boolean>();
  readonly #first: Branch;
  /** Whether the first of the group is this process's; if not, another may be about to take all of them. */
  readonly lead: Promise<boolean> = this.#lead.promise;
  /** What becomes of single branches after the call, one at a time: the group has one slot. */
  readonly alone = new Slots(1);

  constructor(runner: Runner, branches: readonly Branch[]) {
    this.#runner = runner;
    this.#awaited = new Set(branches);
    this.#first = branches[0]!;
  }

  /** Says that somebody else is at a branch. */
  refuse(branch: Branch): void {
    if (branch === this.#first) this.#lead.resolve(false);
  }

  /** Says that a branch is this process's to run. */
  grant(branch: Branch): void {
    if (branch === this.#first) this.#lead.resolve(true);
  }

  /** Runs a branch with the others; settles as soon as it has ended. */
  join(branch: Branch, task: Task, watch: TaskWatch): Promise<StoreRecord> {
    const ended = Promise.withResolvers<StoreRecord>();
    this.#joined.push({ task, watch, ended });
    this.leave(branch);
    return ended.promise;
  }

  /** Says that the others need not wait for a branch. */
  leave(branch: Branch): void {
    this.grant(branch); // unless it was refused: then that stands
    if (this.#awaited.delete(branch) && this.#awaited.size === 0 && this.#joined.length > 0) this.#start();
  }

  /** Does what several branches of the group ask for alike, once. */
  once(what: string, work: () => Promise<void>): Promise<void> {
    const known = this.#once.get(what);
    if (known !== undefined) return known;
    const done = work();
    this.#once.set(what, done);
    return done;
  }

  #start(): void {
    // By place, whoever was claimed first.
    this.#joined.sort((a, b) => a.task.branch - b.task.branch);
    const [tasks, watches] = [this.#joined.map(({ task }) => task), this.#joined.map(({ watch }) => watch)];
    const records = tasks.length === 1
      ? [this.#runner.run(tasks[0]!, watches[0]!)]
      : this.#runner.together!.run(tasks, watches);
    this.#joined.forEach(({ ended: { resolve, reject } }, at) => records[at]!.then(resolve, reject));
  }
}
