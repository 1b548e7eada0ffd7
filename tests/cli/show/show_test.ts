/** @file Artifacts in every format. */
import assert from "node:assert/strict";
import { execute } from "../../../cli/program.ts";
import type { Shown } from "../../../cli/shell.ts";
import { artifact, column, type Value } from "../../../dsl/mod.ts";
import { fakeShell, FakeSink } from "../fakes.ts";
import { golden } from "../golden.ts";

const Mixed = artifact("Mixed", "One row an example", {
  example: column.uint32(),
  score: column.float64(),
  rate: column.float32(),
  member: column.bool(),
  name: column.utf8(),
  logits: column.float32("view", "class"),
  tags: column.utf8("tag"),
});
const Document = artifact("Table", "One row a format", { extension: column.utf8(), content: column.utf8() });

const item: Value<typeof Mixed> = {
  example: Uint32Array.of(7, 4294967295),
  score: Float64Array.of(1 / 3, NaN),
  rate: Float32Array.of(0.1, 1e-8),
  member: Uint8Array.of(1, 0),
  name: ["plain", 'a "quote", a comma\nand a line that is longer than anyone would want to read in a table'],
  logits: { data: Float32Array.from({ length: 8 }, (_, i) => i / 10), shape: [2, 2, 2] },
  tags: { data: ["a", "b", "c", "d"], shape: [2, 2] },
};

/** An artifact whose items are counted when they are read. */
function shownOf(length: number, many: boolean) {
  const read: number[] = [];
  const at = (index: number) => Promise.resolve((read.push(index), item as unknown as Value<Shown["type"]>));
  const shown: Shown = { node: "x", stage: "x", digest: "", type: Mixed, many, items: { length, at } };
  return { shown, read };
}

async function printed(shown: Shown, ...flags: string[]) {
  const { shell } = fakeShell({ show: () => Promise.resolve(shown) });
  assert.equal(await execute(["show", "x.ts", "x", ...flags], shell), 0, shell.stderr.text);
  return shell;
}

for (const format of ["table", "csv", "json"]) {
  Deno.test(`show --format ${format} prints every type of column, alone and in collections`, async () => {
    const one = await printed(shownOf(1, false).shown, "--format", format);
    const many = await printed(shownOf(2, true).shown, "--format", format);
    golden(`show-${format}`, [one, many].map(({ stdout, stderr }) => `${stdout.text}-- ${stderr.text}\n`).join(""));
  });
}

Deno.test("show --format json is JSON with full precision", async () => {
  const rows = JSON.parse((await printed(shownOf(1, false).shown, "--format", "json")).stdout.text);
  assert.equal(rows[0].score, 1 / 3);
  assert.equal(Math.fround(rows[0].rate), Math.fround(0.1));
  assert.deepEqual(
    rows[1].logits.map((row: number[]) => row.map(Math.fround)),
    [[0.4, 0.5], [0.6, 0.7]].map((row) => row.map(Math.fround)),
  );
  assert.equal(rows[1].score, null);
});

Deno.test("show --format json prints an empty array for an empty collection", async () => {
  assert.equal((await printed(shownOf(0, true).shown, "--format", "json")).stdout.text, "[]\n");
});

Deno.test("show --head reads no more items than it prints", async () => {
  const { shown, read } = shownOf(1000, true);
  await printed(shown, "--head", "3");
  assert.deepEqual(read, [0, 1]);
});

Deno.test("show stops reading when nobody reads its output any more", async () => {
  const { shown, read } = shownOf(1000, true);
  const { shell } = fakeShell({ show: () => Promise.resolve(shown) });
  const stdout = new FakeSink({ limit: 1000 });
  await execute(["show", "x.ts", "x", "--format", "csv"], { ...shell, stdout });
  assert.ok(read.length < 20, `${read.length} items were read`);
});

Deno.test("show prints a document as it is, and its csv where that is asked for", async () => {
  const value = { extension: ["md", "csv"], content: ["| a |\n|---|\n| 1 |", "a\n1\n"] };
  const at = () => Promise.resolve(value as unknown as Value<Shown["type"]>);
  const shown: Shown = { node: "t", stage: "t", digest: "", type: Document, many: false, items: { length: 1, at } };
  assert.equal((await printed(shown)).stdout.text, "| a |\n|---|\n| 1 |\n");
  assert.equal((await printed(shown, "--format", "csv")).stdout.text, "a\n1\n");
  assert.equal(JSON.parse((await printed(shown, "--format", "json")).stdout.text)[1].extension, "csv");
});
