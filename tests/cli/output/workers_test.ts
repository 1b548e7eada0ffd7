/** @file Pools and their workers in words. */
import assert from "node:assert/strict";
import { describePools } from "../../../cli/output/workers.ts";
import { plain } from "../../../cli/output/paint.ts";
import type { PoolReport, WorkerReport } from "../../../executor/cluster/report.ts";

function worker(given: Partial<WorkerReport>): WorkerReport {
  return {
    id: "0123456789",
    crew: "any",
    host: "node1",
    pid: 42,
    job: "",
    state: "working",
    why: "",
    ran: 3,
    failed: 0,
    seconds: 100,
    busy: 0.5,
    seenSecondsAgo: 1.2,
    current: [],
    ...given,
  };
}

const pool: PoolReport = {
  id: "pool-1",
  pipeline: "table1",
  when: "2026-11-23T00:00:00.000Z",
  alive: true,
  crews: [{ kind: "gpu", size: 2, handle: { launcher: "slurm", job: "17" } }, {
    kind: "cpu",
    size: 1,
    handle: { launcher: "none" },
  }],
  workers: [
    worker({
      job: "17_0 on n1",
      current: [{ node: "sgd/train", branch: 5, seconds: 61, done: 30, total: 60, unit: "images" }],
    }),
    worker({ id: "abcdefghij", state: "ended", why: "drained", seenSecondsAgo: 3700 }),
  ],
  ran: 6,
  branchesAMinute: 1.84,
  failures: Array.from({ length: 7 }, (_, branch) => ({ node: "score", branch, message: "Cannot", worker: "x" })),
  folder: "store/pools/pool-1",
};

Deno.test("describePools() says who is where, at what, how fast, and what failed", async () => {
  assert.equal(
    await describePools([pool], plain),
    `Pool pool-1: 2 workers (gpu), Slurm job 17, 1 worker (cpu), by hand; ran 6, 1.8 a minute; logs in "store/pools/pool-1"
WORKER    WHERE       STATE    RAN  FAILED  BUSY     SEEN  AT
01234567  17_0 on n1  working    3       0   50%     0:01  sgd/train 5 (1:01, 50%)
abcdefgh  node1 42    ended      3       0   50%  1:01:40  drained
failed score, branch 0: Cannot
failed score, branch 1: Cannot
failed score, branch 2: Cannot
failed score, branch 3: Cannot
failed score, branch 4: Cannot
and 2 more failures
`,
  );
  assert.equal(await describePools([], plain), "Nobody works on this pipeline\n");
});
