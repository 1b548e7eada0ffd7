/** @file A run as events with times in seconds: what the tests of progress tell the views. */
import type { RunEvent } from "../../../executor/report.ts";
import { nodeReport } from "../fakes.ts";

const ids = ["data", "masks", "sgd/train", "sam/train", "table"];

/** Some cached nodes, two trainings side by side, one of which has cached branches, and a failure. */
export const story: readonly (readonly [number, RunEvent])[] = [
  [0, { kind: "graph", nodes: ids.map((id) => ({ id, stage: id.split("/").at(-1)! })) }],
  [0, { kind: "end", node: nodeReport("data", "cached") }],
  [0, { kind: "start", id: "masks", branches: { total: 1, ran: 0, cached: 0, failed: 0 }, reason: "never computed" }],
  [0.4, { kind: "end", node: nodeReport("masks", "ran", { seconds: 0.4 }) }],
  [1, {
    kind: "start",
    id: "sgd/train",
    branches: { total: 16, ran: 0, cached: 0, failed: 0 },
    reason: "never computed",
  }],
  [1, {
    kind: "start",
    id: "sam/train",
    branches: { total: 16, ran: 0, cached: 4, failed: 0 },
    reason: "parameter optimizer.rho: 0.05 -> 0.1",
  }],
  [1.5, { kind: "progress", id: "sgd/train", branch: 0, done: 0, total: 10_000, unit: "images" }],
  [1.5, { kind: "progress", id: "sam/train", branch: 4, done: 0, total: 10_000, unit: "images" }],
  [6.5, { kind: "progress", id: "sgd/train", branch: 0, done: 10_000, total: 10_000, unit: "images" }],
  [6.5, {
    kind: "branch",
    id: "sgd/train",
    branch: 0,
    ok: true,
    seconds: 5,
    branches: { total: 16, ran: 1, cached: 0, failed: 0 },
  }],
  [7, { kind: "log", id: "sam/train", level: "warning", message: "loss is not finite" }],
  [8, { kind: "progress", id: "sam/train", branch: 4, done: 5_000, total: 10_000, unit: "images" }],
  [9, { kind: "progress", id: "sgd/train", branch: 1, done: 2_500, total: 10_000, unit: "images" }],
  [12, { kind: "log", id: "sam/train", level: "warning", message: "loss is not finite" }],
  [12, {
    kind: "end",
    node: nodeReport("sam/train", "failed", {
      branches: { total: 16, ran: 0, cached: 4, failed: 12 },
      reason: "branch 4 of 16: Loss is not finite",
    }),
  }],
  [25, { kind: "progress", id: "sgd/train", branch: 1, done: 9_000, total: 10_000, unit: "images" }],
  [80, {
    kind: "end",
    node: nodeReport("sgd/train", "ran", { branches: { total: 16, ran: 16, cached: 0, failed: 0 }, seconds: 79 }),
  }],
  [80, { kind: "end", node: nodeReport("table", "skipped", { reason: "needs sam/train" }) }],
];
