/** @file run() with nginx and WebDAV as the remote cache: the real thing, on loopback. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { hasNginx, Nginx } from "./_nginx.ts";
import { Bench, digestsOf } from "./_remote.ts";

const ignore = !hasNginx;

Deno.test({
  name: "run() shares results through nginx with WebDAV: one user writes, everybody reads",
  ignore,
  async fn() {
    await using bench = await Bench.create();
    await using nginx = await Nginx.start("s3cret pass");
    const authFile = join(bench.folder, "auth");
    await Deno.writeTextFile(authFile, "ci:s3cret pass\n");
    const first = await bench.run("first", bench.remote(nginx.url, { authFile }));
    assert.deepEqual(first.warnings, []);
    const { sent, unsent } = first.report.remote!;
    assert.equal(unsent, 0);
    assert.deepEqual([await nginx.count("ac"), await nginx.count("cas")], [sent.records, sent.objects]);
    const second = await bench.run("second", bench.remote(nginx.url, { readOnly: true }));
    assert.deepEqual([second.report.counts.ran, second.warnings], [0, []]);
    assert.deepEqual([digestsOf(second), second.files], [digestsOf(first), first.files]);
    const third = await bench.run("third", bench.remote(nginx.url), { overrides: { n: 5 } });
    assert.match(third.warnings.join(), /Nothing more is sent .*it refuses writing \(401\)/);
    assert.ok(third.report.remote!.received.records > 0);
    const passwords = (await nginx.log()).filter((line) => line.includes("s3cret"));
    assert.deepEqual(passwords, []);
  },
});

Deno.test({
  name: "run() goes on alone when nginx is killed in the middle, and shares the rest with the next run",
  ignore,
  async fn() {
    await using bench = await Bench.create();
    const local = await bench.run("alone", undefined, { overrides: { n: 6 } });
    const authFile = join(bench.folder, "auth");
    await Deno.writeTextFile(authFile, "ci:pw\n");
    {
      await using nginx = await Nginx.start("pw");
      const slow = { n: 6, scales: { one: { by: 1, sleep: 150 }, two: { by: 2, sleep: 150 } } };
      const running = bench.run("store", bench.remote(nginx.url, { authFile }), { overrides: slow });
      while (!await nginx.count("ac").then((count) => count > 2, () => false)) {
        await new Promise((go) => setTimeout(go, 20));
      }
      await nginx.kill();
      const made = await running;
      assert.deepEqual(made.files, local.files);
      assert.equal(made.warnings.length, 1, made.warnings.join("\n"));
      assert.match(made.warnings[0]!, /is left alone/);
    }
    await using nginx = await Nginx.start("pw");
    const slow = { n: 6, scales: { one: { by: 1, sleep: 150 }, two: { by: 2, sleep: 150 } } };
    const warm = await bench.run("store", bench.remote(nginx.url, { authFile }), { overrides: slow });
    assert.deepEqual([warm.report.counts.ran, warm.report.remote!.unsent, warm.warnings], [0, 0, []]);
    const other = await bench.run("other", bench.remote(nginx.url, { readOnly: true }), { overrides: slow });
    assert.deepEqual([other.report.counts.ran, other.files], [0, local.files]);
  },
});
