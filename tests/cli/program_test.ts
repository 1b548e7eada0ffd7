/** @file The command line as a whole, in process: help, refusals, exit codes, purity of the JSON document. */
import assert from "node:assert/strict";
import { execute } from "../../cli/program.ts";
import { DamagedStoreError, InterruptedError, RequestError } from "../../executor/errors.ts";
import type { PipelineRequest, RunOptions } from "../../executor/request.ts";
import { fakeShell, nodeReport, reportOf } from "./fakes.ts";
import { golden } from "./golden.ts";

for (const verb of ["", "run", "plan", "graph", "show", "schema"]) {
  Deno.test(`${verb} --help explains itself on standard output`, async () => {
    const { shell } = fakeShell();
    assert.equal(await execute([...verb.split(" ").filter(Boolean), "--help"], shell), 0);
    golden(`help${verb && "-"}${verb}`, shell.stdout.text);
    assert.equal(shell.stderr.text, "");
  });
}

Deno.test("execute() refuses wrong command lines with 2, says why, and never loads the executor", async () => {
  const lines: string[] = [];
  const wrong = [
    "rnu table1.ts",
    "run",
    "run a.ts b.ts",
    "run table1.ts --prest tiny",
    "run table1.ts --jobs none",
    "run table1.ts --jobs 0",
    "plan table1.ts --device webpgu",
    "run table1.ts --set optimizers.sam.rho",
    "run table1.ts --set optimizers..rho=1",
    "run table1.ts --set rho=",
    "run table1.ts --set rho={a",
    "plan table1.ts --params no-such-file.yaml",
    "graph table1.ts --format png",
    "show table1.ts",
    "show table1.ts table --head -1",
  ];
  for (const line of wrong) {
    const { shell } = fakeShell({}, { executor: () => assert.fail("the executor was loaded") });
    assert.equal(await execute(line.split(" "), shell), 2, line);
    assert.equal(shell.stdout.text, "", line);
    lines.push(`$ ${line}\n${shell.stderr.text}`);
  }
  golden("refusals", lines.join("\n"));
});

Deno.test("execute() without a verb shows the help on standard error and exits with 2", async () => {
  const { shell } = fakeShell();
  assert.equal(await execute([], shell), 2);
  assert.match(shell.stderr.text, /^Usage: engram VERB/);
  assert.equal(shell.stdout.text, "");
});

Deno.test("execute() maps errors of the executor to exit codes", async () => {
  const cases: [Error, number][] = [
    [new RequestError("Unknown preset"), 2],
    [new DamagedStoreError("Damaged object"), 3],
    [new InterruptedError(), 130],
    [new Error("Unforeseen"), 1],
  ];
  for (const verb of ["run", "plan"]) {
    for (const [error, code] of cases) {
      const fail = () => Promise.reject(error);
      const { shell } = fakeShell({ run: fail, plan: fail });
      assert.equal(await execute([verb, "pipelines/table1.ts", "--json"], shell), code);
      const document = JSON.parse(shell.stdout.text);
      assert.deepEqual(document.error, { node: null, message: error.message });
      assert.equal(document.pipeline, "table1");
      assert.ok(shell.stderr.text.includes(error.message));
      assert.equal(shell.stderr.text.includes("    at "), code === 1, "a stack is shown for bugs only");
    }
  }
});

Deno.test("execute() prints one JSON document for a refused command line that asks for one", async () => {
  const { shell } = fakeShell();
  assert.equal(
    await execute(["run", "--params", "p.yaml", "pipelines/a.b.ts", "--preset=tiny", "--json", "--bad"], shell),
    2,
  );
  golden("refusal-json", shell.stdout.text);
});

Deno.test("run --json prints the report and nothing else, and exits with 1 when a stage failed", async () => {
  const nodes = [nodeReport("data", "cached"), nodeReport("train", "failed", { reason: "it broke" })];
  const report = reportOf(nodes, { error: { node: "train", message: "it broke" } });
  const { shell } = fakeShell({
    run(_request, _options, watch) {
      watch({ kind: "graph", nodes });
      watch({ kind: "log", id: null, level: "warning", message: "beware" });
      for (const node of nodes) watch({ kind: "end", node });
      return Promise.resolve(report);
    },
  });
  assert.equal(await execute(["run", "table1.ts", "--json"], shell), 1);
  assert.deepEqual(JSON.parse(shell.stdout.text), report);
  golden("run-failed", shell.stderr.text);
});

Deno.test("run --quiet says nothing but errors", async () => {
  const failed = [nodeReport("train", "failed", { reason: "it broke" })];
  const error = { node: "train", message: "it broke" };
  for (const report of [reportOf([nodeReport("data", "ran")]), reportOf(failed, { error })]) {
    const { shell } = fakeShell({ run: () => Promise.resolve(report) });
    await execute(["run", "table1.ts", "--quiet"], shell);
    assert.equal(shell.stderr.text, report.error ? 'error: Stage "train" failed: it broke\n' : "");
  }
});

Deno.test("run and plan hand every option to the executor", async () => {
  const asked: [PipelineRequest, RunOptions][] = [];
  function note(request: PipelineRequest, options: RunOptions) {
    asked.push([request, options]);
    return Promise.resolve(reportOf([]));
  }
  const words =
    "x.ts --preset tiny --set a.b=1 --set a.c=[x] --only t* --force u* --cache c --out o --data d --device cpu " +
    "--jobs 3 --keep-going --strict --quiet";
  for (const verb of ["run", "plan"]) {
    const { shell } = fakeShell({ run: note, plan: note });
    assert.equal(await execute([verb, ...words.split(" ")], shell), 0, shell.stderr.text);
  }
  for (const [request, { signal: _signal, devices: _devices, ...options }] of asked) {
    assert.deepEqual(request, {
      pipeline: "x.ts",
      preset: "tiny",
      overrides: [{ a: { b: 1 } }, { a: { c: ["x"] } }],
      library: "file:///library.ts",
      check: true,
    });
    assert.deepEqual(options, {
      only: "t*",
      force: "u*",
      cache: "c",
      out: "o",
      data: "d",
      device: "cpu",
      jobs: 3,
      keepGoing: true,
      strict: true,
      remote: undefined,
    });
  }
  assert.equal(asked.length, 2);
});

Deno.test("run stops gently at the first interrupt and at once at the second", async () => {
  const { shell, interrupt, exits, listeners } = fakeShell({
    run(_request, { signal }, watch) {
      watch({ kind: "end", node: nodeReport("data", "ran") });
      interrupt();
      assert.ok(signal!.aborted);
      assert.deepEqual(exits, []);
      interrupt();
      assert.deepEqual(exits, [130]);
      return Promise.reject(new InterruptedError());
    },
  });
  assert.equal(await execute(["run", "table1.ts", "--json"], shell), 130);
  assert.match(shell.stderr.text, /12:00:00 Stopping: finished work is kept/);
  assert.equal(JSON.parse(shell.stdout.text).counts.ran, 1, "the document tells what was finished");
  assert.equal(listeners.size, 0, "no listener is left behind");
});
