/** @file run() with a remote cache: what one store made, another takes. */
import assert from "node:assert/strict";
import { TestServer } from "../cache/remote/_server.ts";
import { Bench, digestsOf } from "./_remote.ts";

for (
  const [kind, file, jobs] of [
    ["webdav", "counting.ts", 0],
    ["bazel", "counting.ts", 2],
    ["webdav", "batched.ts", 2],
    ["bazel", "batched.ts", 0],
  ] as const
) {
  Deno.test(`run() with an empty store runs nothing that a ${kind} server has: ${file}, ${jobs} workers`, async () => {
    await using bench = await Bench.create();
    await using server = new TestServer({ kind });
    const local = await bench.run("alone", undefined, { file, jobs });
    const first = await bench.run("first", bench.remote(server.url), { file, jobs });
    assert.deepEqual(first.warnings, []);
    assert.equal(first.report.counts.ran, local.report.counts.ran);
    const second = await bench.run("second", bench.remote(server.url), { file, jobs });
    assert.deepEqual(second.warnings, []);
    const total = second.report.nodes.length;
    assert.equal(second.report.counts.cached, total, JSON.stringify(second.report.nodes, null, 1));
    for (const { remote, branches } of second.report.nodes) assert.equal(remote, branches.total);
    for (const made of [first, second]) {
      assert.deepEqual(digestsOf(made), digestsOf(local));
      assert.deepEqual(made.files, local.files);
    }
    assert.ok(await bench.stored("second", "objects") < await bench.stored("first", "objects"));
  });
}
