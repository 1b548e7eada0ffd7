/** @file The first attempt at each branch of a node: alone, or with others in one call, when a slot is free. */
import type { GraphNode } from "../dsl/mod.ts";
import type { Branch } from "./branch.ts";
import type { Branches, Ended } from "./branches.ts";
import type { Part } from "./cluster/part.ts";
import { InterruptedError, messageOf, RequestError } from "./errors.ts";
import { grouped } from "./grouping.ts";
import type { Slots } from "./slots.ts";

/** How attempts get their turn. */
export interface Turns {
  readonly slots: Slots;
  readonly priority: number;
}

/**
 * The groups that branches run in, as many as the stage says are worth one call; none where others run them.
 *
 * @param warn told why the stage could not say; then each branch runs alone, and tells its own failure
 * @param part this process's, where several share the run
 */
export async function groupsOf(
  node: GraphNode,
  due: readonly Branch[],
  branches: Branches,
  { slots, priority }: Turns,
  warn: (message: string) => void,
  part?: Part,
): Promise<readonly Branch[][]> {
  if (part === undefined) return await cut(node, due, branches, { slots, priority }, warn, 1);
  if (!part.takes(node)) return [];
  return part.order(await cut(node, due, branches, { slots, priority }, warn, part.processes));
}

async function cut(
  node: GraphNode,
  due: readonly Branch[],
  branches: Branches,
  { slots, priority }: Turns,
  warn: (message: string) => void,
  processes: number,
): Promise<Branch[][]> {
  const alone = due.map((branch) => [branch]);
  if (node.node.stage.together === undefined || due.length < 2) return alone;
  try {
    const grouping = await slots.use(priority, () => branches.most(node, due[0]!));
    return grouping === undefined ? alone : grouped(due, { ...grouping, atOnce: grouping.atOnce * processes });
  } catch (error) {
    // Of a wrong request, or that it was interrupted, each branch tells.
    if (!(error instanceof RequestError || error instanceof InterruptedError)) {
      warn(`Cannot tell how many branches run together: ${messageOf(error)}; each runs alone`);
    }
    return alone;
  }
}

/**
 * Begins the first attempt at each branch.
 *
 * @param enter told of each branch when it begins
 */
export function firstAttempts(
  node: GraphNode,
  groups: readonly (readonly Branch[])[],
  branches: Branches,
  { slots, priority }: Turns,
  enter: (branch: Branch) => void,
): ReadonlyMap<Branch, Promise<Ended | undefined>> {
  const attempts = new Map<Branch, Promise<Ended | undefined>>();
  for (const group of groups) {
    const ends = group.map((branch) => {
      const end = Promise.withResolvers<Ended | undefined>();
      attempts.set(branch, end.promise);
      return end;
    });
    slots.use(priority, async () => {
      group.forEach(enter);
      const [only, ...others] = group as [Branch, ...Branch[]];
      const tried = others.length === 0 ? [branches.tryRun(node, only)] : branches.tryTogether(node, group);
      tried.forEach((attempt, i) => attempt.then(ends[i]!.resolve, ends[i]!.reject));
      await Promise.allSettled(tried);
    });
  }
  return attempts;
}
