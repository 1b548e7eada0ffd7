/** @file Did-you-mean. */
import assert from "node:assert/strict";
import { didYouMean, nearest } from "../../dsl/mod.ts";

Deno.test("nearest() finds slips of the fingers, whatever their case", () => {
  assert.equal(nearest("roh", ["lr", "rho"]), "rho");
  assert.equal(nearest("load.minst", ["load.mnist", "load.cifar10"]), "load.mnist");
  assert.equal(nearest("MEMBERS", ["member", "members"]), "members");
  assert.equal(nearest("epoch", ["epochs", "batch"]), "epochs");
});

Deno.test("nearest() prefers the closest name, and the first of equally close ones", () => {
  assert.equal(nearest("member", ["numbers", "members"]), "members");
  assert.equal(nearest("a1", ["a2", "a3"]), "a2");
});

Deno.test("nearest() finds nothing where nothing is alike", () => {
  assert.equal(nearest("epochs", ["lr", "rho"]), undefined);
  assert.equal(nearest("x", ["lr", "n"]), undefined);
  assert.equal(nearest("", ["lr", "n"]), undefined);
  assert.equal(nearest("rho", []), undefined);
});

Deno.test("didYouMean() lists the known names in order, or says that there are none", () => {
  assert.equal(didYouMean("ln", ["rho", "lr"]), 'did you mean "lr"? Known: "lr", "rho"');
  assert.equal(didYouMean("seed", ["rho", "lr"]), 'Known: "lr", "rho"');
  assert.equal(didYouMean("seed", []), "none is known");
});
