/** @file Which cells are best and which are tied. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Estimate, standings } from "engram/stages/report/ties.ts";

const NONE: Estimate = { value: NaN, low: NaN, high: NaN };

const estimate = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 6 }), fc.boolean()).map(
  ([value, half, bounded]): Estimate => ({
    value: value / 40,
    low: bounded ? (value - half) / 40 : NaN,
    high: bounded ? (value + half) / 40 : NaN,
  }),
);
const columnOfCells = fc.array(fc.oneof({ weight: 4, arbitrary: estimate }, fc.constantFrom(undefined, NONE)), {
  minLength: 1,
  maxLength: 8,
});

function isNumber(cell: Estimate | undefined): cell is Estimate {
  return cell !== undefined && !Number.isNaN(cell.value);
}

Deno.test("standings() marks the extreme best, overlapping intervals as ties, and nothing else", () => {
  fc.assert(fc.property(columnOfCells, fc.constantFrom("highest", "lowest"), (cells, direction) => {
    const marks = standings(cells, direction);
    const numbers = cells.filter(isNumber);
    assert.equal(marks.length, cells.length);
    if (numbers.length < 2) return assert.ok(marks.every((mark) => mark === "other"));
    const extreme = numbers.map((cell) => cell.value).reduce((a, b) =>
      (direction === "highest" ? a > b : a < b) ? a : b
    );
    const best = numbers.filter((cell) => cell.value === extreme);
    cells.forEach((cell, i) => {
      if (!isNumber(cell)) return assert.equal(marks[i], "other");
      if (cell.value === extreme) return assert.equal(marks[i], "best");
      // Apart: one ends before the other begins, or an end is unknown.
      const apart = best.every((b) => !(cell.high >= b.low) || !(b.high >= cell.low));
      assert.equal(marks[i], apart ? "other" : "tie");
    });
  }));
});

Deno.test("standings() ties intervals that touch", () => {
  const best = { value: 0.9, low: 0.85, high: 0.95 };
  assert.deepEqual(standings([best, { value: 0.8, low: 0.75, high: 0.85 }], "highest"), ["best", "tie"]);
  assert.deepEqual(standings([best, { value: 0.8, low: 0.75, high: 0.849 }], "highest"), ["best", "other"]);
});

Deno.test("standings() marks nothing where there is no direction or nothing to compare", () => {
  const cell = { value: 0.9, low: 0.8, high: 1 };
  assert.deepEqual(standings([cell, cell], undefined), ["other", "other"]);
  assert.deepEqual(standings([cell, undefined, NONE], "highest"), ["other", "other", "other"]);
});
