/** @file What plan() predicts, run() does: over random sequences of changed parameters, forced and chosen nodes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath as fromFileUrl } from "node:url";
import fc from "fast-check";
import { type NodeReport, plan, type Report, run, type RunOptions } from "../../executor/mod.ts";
import { withFolder } from "./_stress.ts";

const counting = fromFileUrl(new URL("./fixtures/counting.ts", import.meta.url));

/** One step: the parameters of then, and what is forced or chosen. Few values, so that steps come back to earlier ones. */
const step = fc.record({
  params: fc.record({
    n: fc.integer({ min: 0, max: 4 }),
    one: fc.record({ by: fc.integer({ min: 1, max: 2 }), refuse: fc.constantFrom(undefined, undefined, undefined, 1) }),
    two: fc.record({ by: fc.integer({ min: 1, max: 3 }) }),
    three: fc.constantFrom(null, null, { by: 1 }), // the same stages as "one", wherever that has the same parameters
  }),
  force: fc.constantFrom(undefined, undefined, undefined, "count", "*/scale", "one/sum", "**"),
  only: fc.constantFrom(undefined, undefined, undefined, "one/**", "signs", "count"),
});

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function both(cache: string, { params: { n, ...scales }, force, only }: Step): Promise<[Report, Report]> {
  const folder = join(cache, "..");
  const options: RunOptions = { cache, out: join(folder, "out"), data: join(folder, "data"), jobs: 0, force, only };
  const { one: { by, refuse }, two, three } = scales;
  const one = refuse === undefined ? { by } : { by, refuse };
  const request = {
    pipeline: counting,
    overrides: [{ n, scales: { one, two, ...(three && { three }) } }],
    check: false,
  };
  return [await plan(request, options), await run(request, options)];
}

/** Compares what was predicted of a node with what became of it. */
function compare(planned: NodeReport, ran: NodeReport, all: readonly NodeReport[], told: string): void {
  const [before, after] = [planned, ran].map(({ id, stage, key, status }) => ({ id, stage, key, status }));
  const where = `${told}: planned ${JSON.stringify(planned)}, then ${JSON.stringify(ran)}`;
  if (ran.status === "skipped") return; // plan cannot know of failures
  if (planned.key === null) {
    assert.equal(planned.status, "ran", where);
    assert.match(planned.reason, /not known yet/, where);
    const { total } = planned.branches;
    assert.ok(total === ran.branches.total || total === 0, where);
    return;
  }
  if (ran.status === "failed") return assert.equal(planned.status, "ran", where);
  // What two nodes have in common is computed once, by the first to come; to plan, neither has it.
  const hasTwin = all.some((node) => node !== ran && node.stage === ran.stage && node.branches.ran > 0);
  if (hasTwin && ran.branches.ran < planned.branches.ran) return;
  assert.deepEqual(planned.branches, ran.branches, where);
  assert.deepEqual(before, after, where);
  assert.equal(planned.digest ?? ran.digest, ran.digest, where);
  assert.equal(planned.reason, ran.reason, where);
}

Deno.test("plan() predicts run() over random sequences of edits", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 6 }), (steps) =>
      withFolder(async (folder) => {
        for (const [i, each] of steps.entries()) {
          const [planned, ran] = await both(join(folder, "cache"), each);
          assert.deepEqual(planned.nodes.map(({ id }) => id), ran.nodes.map(({ id }) => id));
          for (const [j, node] of planned.nodes.entries()) compare(node, ran.nodes[j]!, ran.nodes, `step ${i}`);
        }
      })),
    { numRuns: 25 },
  );
});
