/** @file Random streams: published known answers, independence of order, and distributions at fixed seeds. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { philox4x32 } from "../../engine/philox.ts";
import { stream } from "engram/engine/random.ts";

/** Known answers that ship with the authors' Random123 library (kat_vectors, philox4x32 with 10 rounds). */
const KNOWN_ANSWERS = [
  {
    counter: [0x00000000, 0x00000000, 0x00000000, 0x00000000],
    key: [0x00000000, 0x00000000],
    words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

Deno.test("philox4x32() gives the published known answers", () => {
  for (const { counter, key, words } of KNOWN_ANSWERS) {
    const out = new Uint32Array(6);
    philox4x32(Uint32Array.from(counter), Uint32Array.from(key), out, 1);
    assert.deepEqual([...out], [0, ...words, 0]);
  }
});

Deno.test("stream() depends on seed and path alone, not on what else was drawn", () => {
  const expected = [...stream(3, "a", 1).uint32(9)];
  const other = stream(3, "a", 2);
  other.uint32(5);
  const again = stream(3, "a", 1);
  const pieces = [...again.uint32(2)];
  other.uint32(1);
  pieces.push(...again.uint32(7));
  assert.deepEqual(pieces, expected);
  assert.deepEqual([...stream(3).at("a").at(1).uint32(9)], expected);
});

Deno.test("stream() keeps apart names that print alike", () => {
  const names = [[1, "a"], ["1", "a"], [1, "a", ""], [1, "a,b"], [1, "a", "b"], [1], ["1"], [1, "a", 0], [
    1,
    "a",
    "0",
  ]] as const;
  const firsts = names.map(([seed, ...path]) => stream(seed, ...path).uint32(2).join());
  assert.equal(new Set(firsts).size, names.length);
});

Deno.test("stream() refuses NaN in a name", () => {
  assert.throws(() => stream(NaN), { name: "RangeError", message: /finite numbers and strings, not NaN/ });
});

Deno.test("stream().uniform() lies in [0, 1) with the mean, variance and evenness of a uniform distribution", () => {
  const n = 100_000;
  const values = stream("uniform").uniform(n);
  const bins = new Float64Array(20);
  let [sum, squares] = [0, 0];
  for (const value of values) {
    assert.ok(value >= 0 && value < 1);
    bins[Math.floor(value * 20)]!++;
    sum += value;
    squares += value * value;
  }
  assert.ok(Math.abs(sum / n - 0.5) < 4 * Math.sqrt(1 / 12 / n), "mean");
  assert.ok(Math.abs(squares / n - 1 / 3) < 0.005, "second moment");
  const chi2 = bins.reduce((total, count) => total + (count - n / 20) ** 2 / (n / 20), 0);
  assert.ok(chi2 < 43.8, `chi-squared with 19 degrees of freedom is ${chi2}, above its 0.999 quantile`);
});

Deno.test("stream().normal() has the moments and tails of a standard normal distribution, for odd n too", () => {
  const n = 100_001;
  const values = stream("normal").normal(n);
  const moment = (power: number) => values.reduce((total, value) => total + value ** power, 0) / n;
  assert.ok(Math.abs(moment(1)) < 4 / Math.sqrt(n), "mean");
  assert.ok(Math.abs(moment(2) - 1) < 4 * Math.sqrt(2 / n), "variance");
  assert.ok(Math.abs(moment(3)) < 4 * Math.sqrt(15 / n), "skewness");
  assert.ok(Math.abs(moment(4) - 3) < 4 * Math.sqrt(96 / n), "kurtosis");
  const beyond = values.filter((value) => Math.abs(value) > 1.959964).length / n;
  assert.ok(Math.abs(beyond - 0.05) < 4 * Math.sqrt(0.05 * 0.95 / n), "tails");
});

Deno.test("stream().permutation() permutes, and puts every element everywhere equally often", () => {
  fc.assert(fc.property(fc.nat(200), fc.string(), (n, name) => {
    const sorted = stream(name).permutation(n).toSorted();
    assert.deepEqual([...sorted], Array.from({ length: n }, (_, i) => i));
  }));
  const counts = Array.from({ length: 4 }, () => new Float64Array(4));
  for (let trial = 0; trial < 8000; trial++) {
    stream("permutations", trial).permutation(4).forEach((element, place) => counts[place]![element]!++);
  }
  for (const row of counts) for (const count of row) assert.ok(Math.abs(count - 2000) < 4 * Math.sqrt(8000 * 3 / 16));
});

Deno.test("stream().integers() is even over [low, high), and reaches 32-bit bounds", () => {
  const counts = new Float64Array(7);
  for (const value of stream("integers").integers(70_000, -3, 4)) counts[value + 3]!++;
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 4 * Math.sqrt(70_000 * 6 / 49));
  const wide = stream("wide").integers(1000, -2147483648, 2147483647);
  assert.ok(wide.some((value) => value < -1e9) && wide.some((value) => value > 1e9));
});

Deno.test("stream().integers() refuses an empty range and bounds beyond 32 bits", () => {
  assert.throws(() => stream(1).integers(1, 3, 3), RangeError);
  assert.throws(() => stream(1).integers(1, 0, 2 ** 33), RangeError);
  assert.throws(() => stream(1).integers(1, 0.5, 3), RangeError);
});
