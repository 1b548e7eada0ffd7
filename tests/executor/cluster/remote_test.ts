/** @file Workers and a remote cache: what they compute is sent, and what is there is not computed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath as fromFileUrl } from "node:url";
import type { Report } from "../../../executor/mod.ts";
import { TestServer } from "../../cache/remote/_server.ts";

const repository = fromFileUrl(new URL("../../../", import.meta.url));

/** Runs the command line with two workers. */
async function launch(folder: string, store: string, url: string, args: readonly string[]): Promise<Report> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "cli/main.ts",
      "run",
      "tests/executor/fixtures/counting.ts",
      ...["--cache", join(folder, store), "--out", join(folder, `out-${store}`), "--data", join(folder, "data")],
      ...["--device", "cpu", "--launcher", "local", "--workers", "2", "--remote", url, "--no-check", "--json", ...args],
    ],
    cwd: repository,
    env: { XDG_CONFIG_HOME: join(folder, "config"), ENGRAM_REMOTE: "" },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(text) as Report;
}

Deno.test("run --launcher local --remote sends what its workers computed, and launches none for what is there", async () => {
  const folder = await Deno.makeTempDir({ prefix: "engram-remote-" });
  try {
    await using server = new TestServer({ kind: "bazel" });
    const first = await launch(folder, "first", server.url, []);
    assert.equal(first.counts.failed, 0);
    assert.ok(first.counts.ran > 0);
    const second = await launch(folder, "second", server.url, ["--remote-read-only"]);
    assert.deepEqual([second.counts.ran, second.counts.cached], [0, second.nodes.length], JSON.stringify(second.nodes));
    const digests = ({ nodes }: Report) => nodes.map(({ id, digest }) => [id, digest]);
    assert.deepEqual(digests(second), digests(first));
    assert.equal(second.remote!.received.records > 0, true);
    const pools = await Array.fromAsync(Deno.readDir(join(folder, "second"))).then((all) =>
      all.map(({ name }) => name)
    );
    assert.ok(!pools.includes("pools"), "no worker was needed");
    // What a worker took from the server, rather than the process that follows it, is told as "ran": what is sent is counted.
    const before = server.count("PUT");
    const more = await launch(folder, "third", server.url, ["--set", "n=6"]);
    assert.equal(more.counts.failed, 0);
    const branches = more.nodes.filter(({ stage }) => stage === "scale");
    for (const { branches: { total } } of branches) assert.equal(total, 6);
    const sent = server.asked.filter(({ method }) => method === "PUT").slice(before).map(({ path }) => path);
    const entries = new Set(sent.filter((path) => path.includes("/ac/")));
    // Two branches of each of two mapped stages; count and split; of each row scale, sum, sign; the table. The signs are as
    // they were, so that their print is there.
    assert.equal(entries.size, 2 * 2 + 2 + 2 * 3 + 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
