/** @file Facts in HTML documents: what a result took, written where a document leaves places for it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { commandOf, costText, dayText, timeText } from "../../executor/facts_text.ts";
import { Project } from "./_support.ts";

const PRINTED = 'return { extension: ["txt"], content: [lines.join("\\n") + "\\n"] };';

/** The test pipeline, whose table is an HTML document with these facts, a line each. */
async function asking(facts: readonly Record<string, unknown>[]): Promise<Project> {
  const project = await Project.create();
  const places = facts.map((fact) => `<!--engram:fact ${JSON.stringify(fact)}-->`).join("\n");
  await project.edit("counting.ts", PRINTED, `return { extension: ["html"], content: [${JSON.stringify(places)}] };`);
  return project;
}

async function written(project: Project): Promise<string[]> {
  return (await Deno.readTextFile(join(project.folder, "out", "counting.html"))).split("\n");
}

Deno.test("run() fills an HTML document's places: counts, time, nodes, device, day, digests, command", async () => {
  await using project = await asking([
    { fact: "count", type: "Numbers" },
    { fact: "count", type: "Numbers", of: "one" },
    { fact: "nodes" },
    { fact: "nodes", of: "one" },
    { fact: "time" },
    { fact: "cost", perHour: 3600, currency: "EUR" },
    { fact: "devices" },
    { fact: "days" },
    { fact: "result" },
    { fact: "digest", of: "two" },
    { fact: "command" },
    { fact: "rows", of: "one" },
  ]);
  const { code, report, stderr } = await project.command("run", ["--set", "n=4"]);
  assert.equal(code, 0, stderr);
  const lines = await written(project);
  const digest = (id: string) => report.nodes.find((node) => node.id === id)!.digest!.slice(0, 12);
  // 0 … 3 together; 0, 1, 2, 3, 4 and 6 alone (doubled or not, and 6 as a sum); 12 as a sum. What is equal counts once.
  assert.deepEqual(lines.slice(0, 4), ["8", "6", "7", "4"]);
  assert.match(lines[4]!, /^\d+\.\d s$/);
  assert.match(lines[5]!, /^\d+\.\d+ EUR$/);
  assert.deepEqual(lines[6], "cpu");
  assert.match(lines[7]!, /^\d{4}-\d\d-\d\d/);
  assert.deepEqual(lines.slice(8, 10), [digest("print"), digest("two/sum")]);
  assert.match(lines[10]!, /^deno task run \S*counting\.ts --set n=4$/);
  assert.equal(lines[11]!.match(/<tr>/g)!.length, 4);
  assert.match(lines[11]!, /<th scope="row">one\/sum<\/th><td>sum<\/td><td>1<\/td>/);
});

Deno.test("run() writes the same file when everything is cached, so that it is left alone", async () => {
  await using project = await asking([{ fact: "time" }, { fact: "rows" }]);
  await project.command("run");
  const [before, text] = [await Deno.stat(join(project.folder, "out", "counting.html")), await written(project)];
  const { report } = await project.command("run");
  assert.equal(report.counts.ran, 0);
  assert.deepEqual(await written(project), text);
  assert.equal(
    (await Deno.stat(join(project.folder, "out", "counting.html"))).mtime!.getTime(),
    before.mtime!.getTime(),
  );
});

Deno.test("run() puts a dash where a fact is not known", async () => {
  await using project = await asking([{ fact: "time", of: "nobody" }, { fact: "weather" }]);
  await project.command("run");
  assert.deepEqual(await written(project), ["–", "–"]);
});

Deno.test("commandOf() spells overrides as settings that mean the same", () => {
  const overrides = [{ a: { b: 0.1, c: [1, "x y"] }, "it's": null }, { d: { "e.f": 1 } }];
  assert.equal(
    commandOf({ pipeline: "pipelines/table1.ts", preset: "tiny", overrides }),
    `deno task run pipelines/table1.ts --preset tiny --set a.b=0.1 --set 'a.c=[1,"x y"]' --set 'it'\\''s=null' ` +
      `--set 'd={"e.f":1}'`,
  );
});

Deno.test("timeText(), costText() and dayText() say no more than is known", () => {
  assert.deepEqual([0.04, 9.96, 61, 3599, 11_520].map(timeText), [
    "0.0 s",
    "10.0 s",
    "1 min 1 s",
    "59 min 59 s",
    "3 h 12 min",
  ]);
  assert.deepEqual([0, 0.0012, 12.345].map((price) => costText(price, "USD")), ["0.00 USD", "0.001 USD", "12.35 USD"]);
  assert.equal(dayText(["2026-11-23T04:00:00Z", "2026-11-22T23:00:00Z"]), "2026-11-22 to 2026-11-23");
  assert.equal(dayText(["2026-11-23T04:00:00Z", "2026-11-23T05:00:00Z"]), "2026-11-23");
});
