/** @file The attacks' scores of single predictions. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { viewsRight } from "../../../stages/attack/augmentation.ts";
import { logConfidence } from "../../../stages/attack/confidence.ts";
import { negativeEntropy } from "../../../stages/attack/entropy.ts";
import { negativeModifiedEntropy } from "../../../stages/attack/modified_entropy.ts";
import { softmax } from "../../../stages/attack/softmax.ts";
import fixture from "../../fixtures/attack_scores.json" with { type: "json" };

function close(actual: number, wanted: number, tolerance = 1e-12): void {
  assert.ok(Math.abs(actual - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${actual} is not ${wanted}`);
}

// p = (1/2, 1/4, 1/4).
const quarters = [Math.log(2), 0, 0];

Deno.test("logConfidence() is the logarithm of the label's probability", () => {
  close(logConfidence(quarters, 0), Math.log(1 / 2));
  close(logConfidence(quarters, 2), Math.log(1 / 4));
});

Deno.test("negativeEntropy() of (1/2, 1/4, 1/4) is -1.5 ln 2", () => {
  close(negativeEntropy(quarters), -1.5 * Math.LN2);
});

Deno.test("negativeModifiedEntropy() is what one works out by hand", () => {
  // y = 0: (1 - 1/2) ln 1/2 + 2 · 1/4 ln 3/4.   y = 1: (1 - 1/4) ln 1/4 + 1/2 ln 1/2 + 1/4 ln 3/4.
  close(negativeModifiedEntropy(quarters, 0), 0.5 * Math.log(0.5) + 0.5 * Math.log(0.75));
  close(negativeModifiedEntropy(quarters, 1), 0.75 * Math.log(0.25) + 0.5 * Math.log(0.5) + 0.25 * Math.log(0.75));
});

Deno.test("negativeModifiedEntropy() is 0 for a certain right answer and falls as the answer gets more wrong", () => {
  close(negativeModifiedEntropy([800, 0, 0], 0), 0);
  const gaps = [-8, -4, -1, 0, 1, 4, 8, 20];
  const values = gaps.map((gap) => negativeModifiedEntropy([gap, 0], 0));
  assert.deepEqual(values, values.toSorted((a, b) => a - b));
});

Deno.test("the attacks' scores agree with numpy", () => {
  const { logits, labels, logConfidence: confidence, entropy, modifiedEntropy } = fixture.scores;
  for (const [row, z] of logits.entries()) {
    const label = labels[row]!;
    close(logConfidence(z, label), confidence[row]!, 1e-9);
    close(negativeEntropy(z), -entropy[row]!, 1e-9);
    close(negativeModifiedEntropy(z, label), -modifiedEntropy[row]!, 1e-9);
  }
});

Deno.test("the attacks' scores still differ where a softmax rounds to 1", () => {
  assert.equal(softmax([60, 0]).p[0], 1);
  for (const score of [logConfidence, negativeEntropy, negativeModifiedEntropy]) {
    assert.ok(score([60, 0], 0) > score([50, 0], 0), score.name);
    assert.ok(score([60, 0], 0) < 0, score.name);
  }
});

Deno.test("softmax() sums to 1, does not change when logits shift, and takes any finite logits", () => {
  const logits = fc.array(fc.double({ min: -500, max: 500, noNaN: true }), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(logits, fc.integer({ min: -1000, max: 1000 }), (z, shift) => {
    const { p, logP, complement } = softmax(z);
    close(p.reduce((sum, value) => sum + value, 0), 1, 1e-12);
    const shifted = softmax(z.map((value) => value + shift));
    for (const k of p.keys()) {
      close(shifted.p[k]!, p[k]!, 1e-9);
      close(complement[k]!, 1 - p[k]!, 1e-12);
      assert.ok(logP[k]! <= 0 && Number.isFinite(logP[k]));
    }
  }));
});

Deno.test("viewsRight() counts the views whose largest logit is the label's, the first of equal ones", () => {
  const answers = [[1, 2], [3, 3], [5, 4]].map((logits) => Float32Array.from(logits)) as [Float32Array];
  assert.equal(viewsRight(answers, 0), 2);
  assert.equal(viewsRight(answers, 1), 1);
});
