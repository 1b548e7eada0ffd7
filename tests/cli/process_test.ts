/** @file The program as others run it: real processes, a real store, exit codes and streams kept apart. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
const counting = fileURLToPath(new URL("fixtures/counting.ts", import.meta.url));

/** A folder of its own for each test, as working directory, cache and output. */
async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function command(folder: string, words: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-lock", "-A", main, ...words],
    cwd: folder,
    env: { NO_COLOR: "1", ENGRAM_CACHE: "", ENGRAM_DATA: "" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function engram(folder: string, ...words: string[]) {
  const { code, stdout, stderr } = await command(folder, words).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("run prints the table and nothing else, and the second time finds everything cached", () =>
  inFolder(async (folder) => {
    const first = await engram(folder, "run", counting, "--jobs", "1");
    const digest = /result (\w{12});/.exec(first.stdout)?.[1];
    const note = `Made by pipeline counting, result ${digest}; "deno task log ${digest}" lists its runs.`;
    const expected = `| square |\n| -----: |\n| 0 |\n| 1 |\n| 4 |\n\n${note}\n`;
    assert.deepEqual([first.code, first.stdout], [0, expected], first.stderr);
    const runs = JSON.parse((await engram(folder, "log", digest!, "--json")).stdout);
    assert.deepEqual(runs.map((run: { report: { pipeline: string } }) => run.report.pipeline), ["counting"]);
    assert.deepEqual(JSON.parse((await engram(folder, "log", "f".repeat(12), "--json")).stdout), []);
    assert.match(first.stderr, /counting: ran 3, cached 0, cutoff 0, failed 0 in /);
    assert.equal(await Deno.readTextFile(join(folder, "out/counting/counting.md")), expected);
    const second = await engram(folder, "run", counting, "--json");
    const report = JSON.parse(second.stdout);
    assert.deepEqual(report.counts, { ran: 0, cached: 3, cutoff: 0, failed: 0, skipped: 0 });
    assert.deepEqual(
      report.outputs.table.files,
      ["out/counting/counting.md", "out/counting/counting.csv"].map((f) => join(f)),
    );
    const planned = JSON.parse((await engram(folder, "plan", counting, "--json")).stdout);
    assert.deepEqual(planned.counts, report.counts);
    const shown = await engram(folder, "show", counting, "square", "--format", "csv");
    assert.equal(shown.stdout, "item,value\n0,0\n1,1\n2,4\n");
  }));

Deno.test("run exits with 1 when a stage fails, with one JSON document that says where", () =>
  inFolder(async (folder) => {
    const { code, stdout } = await engram(folder, "run", counting, "--set", "failAt=1", "--jobs", "1", "--json");
    const report = JSON.parse(stdout);
    assert.equal(code, 1);
    assert.equal(report.error.node, "square");
    assert.match(report.error.message, /Cannot square 1/);
    assert.deepEqual(report.counts, { ran: 1, cached: 0, cutoff: 0, failed: 1, skipped: 1 });
  }));

Deno.test("run exits with 2 for wrong requests, and leaves no cache behind", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "throws.ts"), 'throw new Error("A message of the module\'s own");\n');
    const cases: [string[], RegExp][] = [
      [["no-such-file.ts"], /no-such-file\.ts/],
      [["throws.ts"], /A message of the module's own/],
      [[counting, "--set", "m=3"], /unknown parameter.*Known: "failAt", "milliseconds", "n"/],
      [[counting, "--set", "n=three"], /"n"/],
      [[counting, "--preset", "tyni"], /did you mean "tiny"/],
      [[counting, "--only", "nothing*"], /nothing/],
    ];
    for (const [words, message] of cases) {
      const { code, stdout, stderr } = await engram(folder, "run", ...words, "--json");
      assert.equal(code, 2, `${words}: ${stderr}`);
      assert.match(JSON.parse(stdout).error.message, message);
      assert.doesNotMatch(stderr, /^ {4}at .*cli/m, "no stack of our own");
    }
  }));

Deno.test("show exits with 3 when stored data is damaged", () =>
  inFolder(async (folder) => {
    await engram(folder, "run", counting, "--jobs", "1", "--quiet");
    let damaged = 0;
    for (const file of await filesUnder(join(folder, ".engram"))) {
      const bytes = await Deno.readFile(file);
      if (new TextDecoder().decode(bytes.subarray(0, 6)) !== "ARROW1") continue;
      bytes[bytes.length >> 1]! ^= 255;
      await Deno.chmod(file, 0o644);
      await Deno.writeFile(file, bytes);
      damaged++;
    }
    assert.ok(damaged > 0);
    const { code, stderr } = await engram(folder, "show", counting, "square");
    assert.equal(code, 3, stderr);
  }));

Deno.test("show ends quietly when its reader leaves early", () =>
  inFolder(async (folder) => {
    await engram(folder, "run", counting, "--set", "n=200", "--only", "count", "--jobs", "1", "--quiet");
    const child = command(folder, ["show", counting, "count", "--set", "n=200", "--format", "json"]).spawn();
    await child.stdout.cancel();
    const [{ code }, stderr] = await Promise.all([child.status, new Response(child.stderr).text()]);
    assert.deepEqual([code, stderr], [0, ""]);
  }));

Deno.test({
  name: "run keeps what is finished when it is interrupted, and exits with 130",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const words = ["run", counting, "--set", "milliseconds=20000", "--jobs", "1", "--json"];
      const child = command(folder, words).spawn();
      const stdout = new Response(child.stdout).text();
      let stderr = "";
      for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
        if (!stderr.includes("square: started") && (stderr + text).includes("square: started")) child.kill("SIGINT");
        stderr += text;
      }
      assert.equal((await child.status).code, 130, stderr);
      assert.match(stderr, /Stopping: finished work is kept/);
      assert.equal(JSON.parse(await stdout).counts.ran, 1);
      const planned = JSON.parse((await engram(folder, "plan", ...words.slice(1))).stdout);
      assert.equal(planned.counts.cached, 1);
    }),
});

async function filesUnder(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    files.push(...entry.isDirectory ? await filesUnder(path) : [path]);
  }
  return files;
}
