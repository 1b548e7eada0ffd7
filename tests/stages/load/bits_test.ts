/** @file Purchase-100 and Texas-100 in the formats that go round, and the generator of sets like them. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { parseBits } from "../../../stages/load/bit_text.ts";
import * as stages from "../../../stages/load/mod.ts";
import { bitOf, fixture, fixtureBytes, load } from "./fixture.ts";
import { sha256, withFolder } from "./support.ts";

const LABELS = Array.from({ length: 10 }, (_, n) => (37 * n) % 100);

function text(lines: string): Uint8Array {
  return new TextEncoder().encode(lines);
}

function expected(rows: readonly number[], columns: number): number[] {
  return rows.flatMap((n) => Array.from({ length: columns }, (_, f) => 255 * bitOf(n, f)));
}

Deno.test("parseBits() reads back any table, whatever ends its lines", () => {
  const tables = fc.integer({ min: 1, max: 6 }).chain((columns) =>
    fc.array(fc.tuple(fc.nat(999), fc.array(fc.nat(1), { minLength: columns, maxLength: columns })), { minLength: 1 })
  );
  fc.assert(
    fc.property(
      tables,
      fc.constantFrom("\n", "\r\n", "\n\n"),
      fc.boolean(),
      fc.boolean(),
      (rows, end, last, spaced) => {
        const lines = rows.map(([label, bits]) => [label, ...bits].join(spaced ? " , " : ","));
        const table = parseBits(text(lines.join(end) + (last ? end : "")), true, "t");
        assert.deepEqual([...table.labels], rows.map(([label]) => label));
        assert.deepEqual([...table.pixels], rows.flatMap(([, bits]) => bits.map((bit) => 255 * bit)));
        assert.deepEqual([table.rows, table.columns], [rows.length, rows[0]![1].length]);
      },
    ),
  );
});

for (
  const [fault, lines, message] of [
    [
      "a number that is no bit",
      "1,0,1\n2,0,2\n",
      /field 3 of row 2 is "2", where 0 or 1, and then the end of the row should/,
    ],
    ["a row that is too short", "1,0,1\n2,0\n", /field 2 of row 2 is "0", where 0 or 1, and then a comma should be/],
    ["a row that is too long", "1,0\n2,0,1\n", /field 2 of row 2 is "0", .* \(the first row has 2 fields\)/],
    ["a field that is empty", "1,,0\n", /field 2 of row 1 is ""/],
    ["a label that is no whole number", "1.5,0\n", /field 1 of row 1 is "1.5", where a label, a whole number/],
    ["words", "label,a\n", /field 1 of row 1 is "label"/],
  ] as const
) {
  Deno.test(`parseBits() refuses ${fault}`, () => {
    assert.throws(() => parseBits(text(lines), true, "t"), (error: Error) => {
      assert.match(error.message, message);
      return error instanceof RangeError && error.message.startsWith('Cannot read "t": field');
    });
  });
}

for (const name of ["dataset_purchase", "purchase100.npz"]) {
  Deno.test(`load.purchase100() reads ${name}`, async () => {
    const data = await load(stages.purchase100({ path: fixture(name), pick: "first", train: 8, test: 2 }));
    assert.deepEqual(data.x.shape, [10, 1, 600, 1]);
    assert.deepEqual([...data.x.data], expected([...LABELS.keys()], 600));
    assert.deepEqual([...data.y], LABELS);
    assert.deepEqual([...data.id], [...LABELS.keys()]);
    assert.equal(data.split.indexOf("test"), 8);
  });
}

Deno.test("load.purchase100() draws disjoint splits, the same of both formats, gzipped or not", () =>
  withFolder(async (folder) => {
    const packed = join(folder, "purchase.gz");
    await writeFile(packed, gzipSync(await fixtureBytes("dataset_purchase")));
    const paths = [fixture("dataset_purchase"), fixture("purchase100.npz"), packed];
    const [a, b, c] = await Promise.all(
      paths.map((path) => load(stages.purchase100({ path, train: 5, test: 4, seed: 2 }))),
    );
    assert.deepEqual(a, b);
    assert.deepEqual(a, c);
    assert.equal(new Set(a!.id).size, 9);
    const other = await load(stages.purchase100({ path: packed, train: 5, test: 4, seed: 3 }));
    assert.notDeepEqual(other.id, a!.id);
  }));

Deno.test("load.purchase100() refuses other numbers of features and labels above 100", () =>
  withFolder(async (folder) => {
    const path = join(folder, "data");
    await writeFile(path, "1,0,1\n2,1,1\n");
    await assert.rejects(
      load(stages.purchase100({ path })),
      /^RangeError: Cannot use ".*data" as Purchase-100: it has 2 f/,
    );
    await writeFile(path, `101,${new Array(600).fill(0).join()}\n`);
    await assert.rejects(load(stages.purchase100({ path })), /row 1 is of class 100, counted from 0, of 100/);
    await writeFile(path, `0,${new Array(600).fill(0).join()}\n`);
    await assert.rejects(
      load(stages.purchase100({ path })),
      /as labels: that of row 0 is 0; classes are whole numbers from 1/,
    );
    await writeFile(path, "");
    await assert.rejects(load(stages.purchase100({ path })), /^RangeError: /);
    assert.deepEqual(stages.purchase100({ path }).stage.files!({ path } as never), [path]);
  }));

Deno.test("load.texas100() reads features and labels", async () => {
  const paths = { path: fixture("feats"), labels: fixture("labels") };
  const data = await load(stages.texas100({ ...paths, pick: "first", test: 1 }));
  assert.deepEqual(data.x.shape, [5, 1, 31, 1]);
  assert.deepEqual([...data.x.data], expected([0, 1, 2, 3, 4], 31));
  assert.deepEqual([...data.y], [99, 0, 16, 16, 1]);
  assert.deepEqual(data.split, ["train", "train", "train", "train", "test"]);
  const { stage, params } = stages.texas100(paths);
  assert.deepEqual(stage.files!(params as never), [paths.path, paths.labels]);
});

Deno.test("load.texas100() reads npz, and refuses labels that do not belong", async () => {
  const path = fixture("purchase100.npz");
  assert.deepEqual([...(await load(stages.texas100({ path, test: 0, pick: "first" }))).y], LABELS);
  await assert.rejects(
    load(stages.texas100({ path, labels: fixture("labels") })),
    /^TypeError: Cannot use "labels": .* npz/,
  );
  await assert.rejects(
    load(stages.texas100({ path: fixture("feats") })),
    /^TypeError: Cannot read ".*feats" as npz: .*"labels"/,
  );
  await withFolder(async (folder) => {
    const labels = join(folder, "labels");
    await writeFile(labels, "1\n2\n");
    const node = stages.texas100({ path: fixture("feats"), labels });
    await assert.rejects(load(node), /^RangeError: Cannot pair 5 rows of ".*feats" with 2 labels of/);
    await writeFile(labels, "1\n2\nx\n4\n5\n");
    await assert.rejects(load(node), /as labels: that of row 2 is NaN/);
  });
});

Deno.test("load.purchaseLike() plants subpopulations at the distances it states", async () => {
  const params = { classes: 6, train: 240, test: 120, subpopulations: 5, features: 2000, distance: 0.2, noise: 0.1 };
  const data = await load(stages.purchaseLike(params));
  assert.deepEqual(data.x.shape, [360, 1, 2000, 1]);
  assert.ok(data.x.data.every((pixel) => pixel === 0 || pixel === 255));
  // Counts are what the groups say, and the class is the group's.
  const counts = Map.groupBy(data.group.slice(0, 240), (group) => group);
  assert.equal(counts.size, 30);
  for (const [group, rows] of counts) assert.equal(stages.parseGroup(group).count, rows.length);
  data.group.forEach((group, row) => assert.equal(stages.parseGroup(group).class, data.y[row]));
  // Bits that differ: within a subpopulation, between those of a class, between classes.
  const share = (a: number, b: number) => {
    let differing = 0;
    for (let f = 0; f < 2000; f++) differing += Number(data.x.data[a * 2000 + f] !== data.x.data[b * 2000 + f]);
    return differing / 2000;
  };
  const found: Record<string, number[]> = { group: [], class: [], other: [] };
  for (let a = 0; a < 60; a++) {
    for (let b = 0; b < a; b++) {
      found[data.group[a] === data.group[b] ? "group" : data.y[a] === data.y[b] ? "class" : "other"]!.push(share(a, b));
    }
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  // A bit that two noisy copies share is changed in one of them: p (1 - q) + q (1 - p), from the inside out.
  const apart = (p: number, q: number) => p * (1 - q) + q * (1 - p);
  const noise = apart(0.1, 0.1);
  const distance = apart(noise, apart(0.2, 0.2));
  const classes = apart(distance, 2 * 0.25 * 0.75);
  assert.ok(Math.abs(mean(found.group!) - noise) < 0.01, `${mean(found.group!)} is not ${noise}`);
  assert.ok(Math.abs(mean(found.class!) - distance) < 0.01, `${mean(found.class!)} is not ${distance}`);
  assert.ok(Math.abs(mean(found.other!) - classes) < 0.01, `${mean(found.other!)} is not ${classes}`);
});

Deno.test("load.purchaseLike() is the same for the same parameters, and another for another seed", async () => {
  const params = { classes: 3, train: 30, test: 15, subpopulations: 4, features: 50 };
  const data = await load(stages.purchaseLike(params));
  assert.deepEqual(await load(stages.purchaseLike(params)), data);
  assert.notDeepEqual((await load(stages.purchaseLike({ ...params, seed: 1 }))).x, data.x);
  // Committed: a change here changes every result on such data.
  assert.equal(sha256(data.x.data), "f5babe2bd1b6dc2ce8cfd3a4499e1484d08c3bcc64633d584d211fb5f71afaa6");
});
