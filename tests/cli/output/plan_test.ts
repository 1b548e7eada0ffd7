/** @file Plans and summaries on the terminal. */
import { planTable } from "../../../cli/output/plan.ts";
import { planSummary, summary } from "../../../cli/output/summary.ts";
import { plain } from "../../../cli/output/paint.ts";
import { FakeSink, nodeReport, reportOf } from "../fakes.ts";
import { golden } from "../golden.ts";
import assert from "node:assert/strict";

const report = reportOf([
  nodeReport("data", "cached", { stage: "load.cifar10" }),
  nodeReport("sam/train", "ran", {
    branches: { total: 16, ran: 16, cached: 0, failed: 0 },
    reason: "parameter optimizer.rho: 0.05 -> 0.1",
  }),
  nodeReport("σ=1/train", "ran", { branches: { total: 16, ran: 12, cached: 4, failed: 0 }, reason: "4 new items" }),
  nodeReport("sam/predict", "ran", {
    branches: { total: 0, ran: 0, cached: 0, failed: 0 },
    reason: "depends on sam/train,\n  whose output is not known yet, and this goes on beyond the edge",
  }),
  nodeReport("table", "cutoff"),
]);

Deno.test("planTable() aligns columns and keeps every word when no terminal cuts it", () => {
  golden("plan", planTable(report, new FakeSink()) + "--\n" + planSummary(report, plain));
});

Deno.test("planTable() ends lines at the terminal's edge, in colour", () => {
  golden("plan-terminal", planTable(report, new FakeSink({ isTerminal: true, colours: true })));
});

Deno.test("summary() counts nodes by status and names the files written", () => {
  const files = ["out/table1/table1.md", "out/table1/table1.csv"];
  const outputs = { table: { node: "table", digest: "d", files } };
  assert.equal(
    summary({ ...report, outputs }, plain),
    "table1: ran 3, cached 1, cutoff 1, failed 0 in 41.2 s\nwrote out/table1/table1.md, out/table1/table1.csv\n",
  );
});
