/** @file `ledger` at the command line: what stored results have spent, and what is not counted. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { execute } from "../../../cli/program.ts";
import * as executor from "../../../executor/mod.ts";
import { fakeShell } from "../fakes.ts";

const pipeline = fileURLToPath(new URL("../../stages/privacy/fixtures/releases.ts", import.meta.url));

/** The verb's output on a store. */
async function ledger(cache: string, ...flags: string[]) {
  const { shell } = fakeShell(executor as never);
  const code = await execute(["ledger", pipeline, "--cache", cache, ...flags], shell);
  return { code, out: shell.stdout.text, error: shell.stderr.text };
}

Deno.test("ledger says what a pipeline's stored releases have spent, and what has not been computed", async () => {
  const cache = await Deno.makeTempDir();
  try {
    const before = await ledger(cache);
    assert.deepEqual(before, {
      code: 0,
      out: "No release under differential privacy\n",
      error: "Not computed, and not counted: mean\n",
    });
    const report = await executor.run({ pipeline, check: false }, { cache, data: cache, out: cache, jobs: 1 });
    assert.equal(report.error, undefined);
    const after = await ledger(cache);
    assert.match(
      after.out,
      /^DATA +NEIGHBOURS +RELEASES +NOISE +EPSILON +BY +EVER +EPSILON \(delta 0\.00001\)\nages +replace-one +1 +seeded +0\.500 +pld +1 +0\.500\n$/,
    );
    assert.equal(after.error, "");
    const { spent, entries } = JSON.parse((await ledger(cache, "--json")).out);
    assert.equal(spent[0].epsilons.basic, 0.5);
    assert.equal(entries[0].mechanism, "laplace");
    const wrong = await ledger(cache, "--delta", "2");
    assert.equal(wrong.code, 2);
    assert.match(wrong.error, /argument '2' is invalid: a number above 0 and below 1/);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});

/** Runs the pipeline with a seed. */
async function released(cache: string, seed: number) {
  const options = { cache, data: cache, out: cache, jobs: 1 };
  const report = await executor.run({ pipeline, overrides: [{ seed }], check: false }, options);
  assert.equal(report.error, undefined);
}

/** Releases and epsilons, now and ever. */
async function spentOn(cache: string, ...flags: string[]) {
  const { spent } = JSON.parse((await ledger(cache, "--json", ...flags)).out);
  const [{ releases, epsilons, ever }] = spent;
  return { now: [releases, epsilons.basic ?? 0], ever: [ever.releases, ever.epsilons.basic] };
}

Deno.test("ledger counts every seed that was ever run on a store; reading again is free; gc does not make it forget", async () => {
  const cache = await Deno.makeTempDir();
  try {
    await released(cache, 1);
    await released(cache, 1);
    assert.deepEqual(await spentOn(cache), { now: [1, 0.5], ever: [1, 0.5] });
    await released(cache, 2);
    // The graph of the default seed has one release; two were made of these people.
    assert.deepEqual(await spentOn(cache), { now: [1, 0.5], ever: [2, 1] });
    assert.deepEqual(await spentOn(cache, "--set", "seed=3"), { now: [0, 0], ever: [2, 1] });
    await released(cache, 3);
    const { shell } = fakeShell(executor as never);
    const code = await execute(["gc", "--max-age", "0s", "--grace", "0s", "--cache", cache], shell);
    assert.equal(code, 0, shell.stderr.text);
    assert.match(shell.stderr.text, /^Removed [1-9]/);
    assert.deepEqual(await spentOn(cache), { now: [0, 0], ever: [3, 1.5] });
    // Making a removed release again is the same release.
    await released(cache, 2);
    assert.deepEqual(await spentOn(cache, "--set", "seed=2"), { now: [1, 0.5], ever: [3, 1.5] });
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});
