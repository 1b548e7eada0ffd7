/** @file What is known of a run while it goes. */
import assert from "node:assert/strict";
import { fold, initialState, secondsLeft, shareDone } from "../../../cli/progress/state.ts";

const branches = { total: 4, ran: 0, cached: 2, failed: 0 };

function started(at: number) {
  const state = initialState(0);
  fold(state, { kind: "graph", nodes: [{ id: "train", stage: "train" }] }, 0);
  fold(state, { kind: "start", id: "train", branches, reason: "" }, at);
  return { state, node: state.running.get("train")! };
}

function progress(branch: number, done: number) {
  return { kind: "progress", id: "train", branch, done, total: 100, unit: "images" } as const;
}

Deno.test("shareDone() counts cached branches whole and branches at work by their progress", () => {
  const { state, node } = started(0);
  assert.equal(shareDone(node), 0.5);
  fold(state, progress(2, 50), 1000);
  assert.equal(shareDone(node), 0.625);
  fold(
    state,
    { kind: "branch", id: "train", branch: 2, ok: true, seconds: 1, branches: { ...branches, ran: 1 } },
    2000,
  );
  assert.equal(shareDone(node), 0.75);
});

Deno.test("secondsLeft() does not count the time a node waited, nor branches that were cached", () => {
  const { state, node } = started(0);
  assert.equal(secondsLeft(node, 50_000), undefined);
  fold(state, progress(2, 0), 60_000);
  fold(state, progress(2, 50), 65_000);
  assert.equal(secondsLeft(node, 65_000), 15); // half a branch took 5 s, one and a half are left
});

Deno.test("node.rate sums units over branches that run side by side and those that ended", () => {
  const { state, node } = started(0);
  fold(state, progress(2, 0), 1000);
  fold(state, progress(3, 0), 1000);
  fold(state, progress(2, 100), 2000);
  fold(
    state,
    { kind: "branch", id: "train", branch: 2, ok: true, seconds: 1, branches: { ...branches, ran: 1 } },
    2000,
  );
  fold(state, progress(3, 60), 3000);
  assert.equal(node.rate.at(3000), 80); // 160 images in 2 s
});

Deno.test("fold() ignores progress that comes after a node's end", () => {
  const state = initialState(0);
  fold(state, progress(0, 1), 0);
  assert.equal(state.running.size, 0);
});
