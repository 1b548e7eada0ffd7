/** @file The guard: stages that use what no key can see are stopped by name; packages and the executor are not. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import type { StageDefinition } from "../../dsl/mod.ts";
import { type Cause, CAUSES } from "../../executor/guard/causes.ts";
import {
  apart,
  checkBuiltIns,
  contextApart,
  ImpureStageError,
  installGuard,
  iterateWithin,
  stageScope,
  within,
} from "../../executor/guard/mod.ts";
import { context } from "../stages/_support.ts";

const { random: takenBefore } = Math;
installGuard();

function definition(options: Partial<StageDefinition> = {}): StageDefinition {
  return { name: "toy", files: undefined, outside: undefined, ...options } as StageDefinition;
}
const toy = stageScope(definition(), {});

/** Calls a function as the stage "toy" would. */
function asStage<T>(call: () => T, options: Partial<StageDefinition> = {}): T {
  return within(stageScope(definition(options), {}), call);
}

const CAUGHT: [string, Cause, () => unknown][] = [
  ["Math.random", "randomness", () => Math.random()],
  ["Math.random", "randomness", () => [1].map(Math.random)],
  ["Math.random", "randomness", () => (0, eval)("Math.random()")],
  ["crypto.getRandomValues", "randomness", () => crypto.getRandomValues(new Uint8Array(1))],
  ["crypto.randomUUID", "randomness", () => crypto.randomUUID()],
  ["Date.now", "clock", () => Date.now()],
  ["new Date()", "clock", () => new Date()],
  ["new Date()", "clock", () => Date()],
  ["new Date()", "clock", () => new (class Later extends Date {})()],
  ["performance.now", "clock", () => performance.now()],
  ["Temporal.Now.instant", "clock", () => Temporal.Now.instant()],
  ["process.hrtime.bigint", "clock", () => process.hrtime.bigint()],
  ["Deno.env", "environment", () => Deno.env.get("HOME")],
  ["Deno.args", "environment", () => Deno.args],
  ["Deno.Command", "environment", () => new Deno.Command("true")],
  ["process.env", "environment", () => process.env.HOME],
  ["navigator.hardwareConcurrency", "environment", () => navigator.hardwareConcurrency],
  ["Worker", "environment", () => new Worker("data:,")],
  ["Deno.readTextFileSync", "files", () => Deno.readTextFileSync("deno.json")],
  ["Deno.readDirSync", "files", () => Deno.readDirSync(".")],
  ["fetch", "network", () => fetch("http://127.0.0.1:9")],
  ["WebSocket", "network", () => new WebSocket("ws://127.0.0.1:9")],
  ["Deno.connect", "network", () => Deno.connect({ port: 9 })],
  ["localeCompare", "locale", () => "a".localeCompare("b")],
  ["Intl.NumberFormat", "locale", () => new Intl.NumberFormat()],
  ["Intl.DateTimeFormat", "locale", () => new Intl.DateTimeFormat("en")],
  ["Date.getHours", "locale", () => new Date(0).getHours()],
  ["Date.toString", "locale", () => String(new Date(0))],
  ["new Date(year, month, …)", "locale", () => new Date(2020, 1, 1)],
];

for (const [use, kind, call] of CAUGHT) {
  Deno.test(`the guard stops a stage at ${call.toString().slice(6)}`, () => {
    assert.throws(() => asStage(call), (error) => {
      assert.ok(error instanceof ImpureStageError);
      assert.deepEqual([error.kind, error.use], [kind, use]);
      const { does, remedy } = CAUSES[kind];
      const where = "tests/executor/guard_test.ts:";
      assert.ok(error.message.startsWith(`Stage "toy" ${does} with "${use}" (${where}`), error.message);
      assert.ok(error.message.endsWith(`, which no cache key can see: ${remedy}`), error.message);
      return true;
    });
  });
}

Deno.test("the guard stops nobody but stages", () => {
  const mayFail = new Set(["Deno.connect", "fetch", "WebSocket", "Worker", "Math.random"]);
  for (const [use, , call] of CAUGHT) if (!mayFail.has(use)) assert.doesNotThrow(call, use);
  assert.equal(typeof Math.random(), "number");
});

Deno.test("the guard lets a stage compute", async () => {
  await asStage(async () => {
    assert.equal(new Date(5).toISOString(), "1970-01-01T00:00:00.005Z");
    assert.ok(new Date(0) instanceof Date && new Date(0).constructor === Date && structuredClone(new Date(0)));
    assert.equal(Date.UTC(1970, 0), 0);
    assert.equal("a".localeCompare("b", "en"), -1);
    assert.equal(new Intl.DateTimeFormat("en", { timeZone: "UTC" }).format(new Date(0)), "1/1/1970");
    await new Promise((resolve) => setTimeout(resolve, 1));
    assert.throws(() => Deno.mainModule, ImpureStageError);
    assert.ok(new Deno.errors.NotFound() instanceof Error);
  });
});

Deno.test("the guard follows a stage over await, timers and generators, and not its consumer", async () => {
  await assert.rejects(
    asStage(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      Date.now();
    }),
    ImpureStageError,
  );
  function* values() {
    yield 1;
    yield Math.random();
  }
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const value of iterateWithin(toy, values())) seen.push(value + 0 * Math.random());
  }, ImpureStageError);
  assert.deepEqual(seen, [1]);
});

Deno.test("iterateWithin() lets a generator clean up when its consumer stops", async () => {
  let cleaned = false;
  async function* values() {
    try {
      yield 1;
      yield await Promise.resolve(2);
    } finally {
      cleaned = true;
    }
  }
  for await (const value of iterateWithin(toy, values())) if (value === 1) break;
  assert.ok(cleaned);
});

Deno.test("the guard tells two stages that run at once apart, and the executor from both", async () => {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1));
  const messages = await Promise.all(["one", "two"].map((name) =>
    asStage(async () => {
      await pause();
      return await pause().then(() => Date.now()).catch((error) => error.message as string);
    }, { name })
  ));
  assert.match(String(messages[0]), /^Stage "one"/);
  assert.match(String(messages[1]), /^Stage "two"/);
  assert.ok(asStage(() => apart(() => Date.now())) > 0);
});

Deno.test("contextApart() runs the executor's part of the context as the executor's", () => {
  const told: number[] = [];
  const watched = context({ progress: () => told.push(Date.now()), log: () => told.push(performance.now()) });
  asStage(() => {
    contextApart(watched).progress({ done: 1, total: 1, unit: "images" });
    contextApart(watched).log("told");
  });
  assert.equal(told.length, 2);
});

Deno.test("the guard lets packages look at the clock, and stops randomness that they draw for a stage", async () => {
  const { default: jstat } = await import("jstat");
  await asStage(async () => {
    await tf.setBackend("cpu");
    // tfjs asks for the time and its flags, and keeps going.
    assert.ok((await tf.time(() => tf.mul(tf.tensor1d([1, 2]), 2).dataSync())).wallMs >= 0);
  });
  assert.throws(() => asStage(() => tf.randomNormal([2])), /Stage "toy" draws random numbers with "Math.random"/);
  assert.throws(() => asStage(() => jstat.normal.sample(0, 1)), ImpureStageError);
  assert.ok(Number.isFinite(jstat.normal.sample(0, 1)));
});

Deno.test("the guard stops a package that downloads for a stage", async () => {
  const { loader } = await import("vega");
  await assert.rejects(
    asStage(() => loader().load("http://127.0.0.1:9/a.json")),
    /Stage "toy" uses the network with "fetch"/,
  );
});

Deno.test("the guard lets a stage read the files that it declares, by path or URL, and no others", async () => {
  const options = { files: () => ["deno.json"] } as Partial<StageDefinition>;
  assert.ok(asStage(() => Deno.readTextFileSync("deno.json"), options).length > 0);
  assert.ok(asStage(() => Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)), options).length > 0);
  assert.throws(() => asStage(() => Deno.readTextFileSync("deno.lock"), options), ImpureStageError);
  assert.ok((await readFile("deno.json")).length > 0);
});

Deno.test("the guard lets a stage that declares outside use all but randomness", () => {
  const options = { outside: "a test" };
  assert.ok(asStage(() => Date.now(), options) > 0);
  assert.ok(asStage(() => Deno.readTextFileSync("deno.lock"), options).length > 0);
  assert.throws(() => asStage(() => Math.random(), options), ImpureStageError);
});

Deno.test("the guard cannot see a function that was taken out before it came: lint does", () => {
  assert.equal(typeof asStage(() => takenBefore()), "number");
});

Deno.test("checkBuiltIns() refuses what a stage's code imports, unless the stage declares it", () => {
  const importer = "stages/a.ts";
  const fs = [{ specifier: "node:fs/promises", name: "readFile", importer }];
  assert.throws(() => checkBuiltIns(definition(), fs), {
    name: "ImpureStageError",
    message:
      /^Stage "toy" uses files with "node:fs\/promises readFile" \(stages\/a\.ts\), which no cache key can see: /,
  });
  checkBuiltIns(definition({ files: () => ["a"] }), fs);
  checkBuiltIns(definition({ outside: "a test" }), fs);
  const random = [{ specifier: "node:crypto", name: "randomInt", importer }];
  for (const options of [{}, { outside: "a test" }]) {
    assert.throws(() => checkBuiltIns(definition(options), random), /draws random numbers/);
  }
  for (const specifier of ["node:os", "node:child_process", "node:net", "node:not-yet-invented"]) {
    assert.throws(() => checkBuiltIns(definition(), [{ specifier, name: "a", importer }]), ImpureStageError);
  }
  checkBuiltIns(definition(), [
    { specifier: "node:crypto", name: "createHash", importer },
    { specifier: "node:path", name: null, importer },
  ]);
});
