/** @file takeMasks(): the first masks of a zoo, unchanged. */
import assert from "node:assert/strict";
import type { Value } from "../../../dsl/mod.ts";
import type { Masks } from "../../../stages/artifacts/mod.ts";
import { takeMasks } from "../../../stages/subsample/mod.ts";
import { dataset, masksOf, runStage } from "../_support.ts";

Deno.test("takeMasks() is the first masks as they are, and refuses more than there are", async () => {
  const masks = masksOf(dataset([0, 1], [0]), [[1, 0], [0, 1], [1, 1]]);
  const taken = await runStage<AsyncIterable<Value<typeof Masks>>>(takeMasks, { masks }, { count: 2 });
  const members: number[][] = [];
  for await (const { member } of taken) members.push([...member]);
  assert.deepEqual(members, [[1, 0], [0, 1]]);
  const tooMany = await runStage<AsyncIterable<unknown>>(takeMasks, { masks }, { count: 4 });
  await assert.rejects(async () => await tooMany[Symbol.asyncIterator]().next(), /Cannot take 4 masks of 3/);
});
