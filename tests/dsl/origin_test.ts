/** @file Which modules a stage's code is found in. */
import assert from "node:assert/strict";
import { constant, constantLater } from "./factory.ts";
import { mnist, train } from "./toys.ts";

const TOYS = import.meta.resolve("./toys.ts");
const FACTORY = import.meta.resolve("./factory.ts");

const direct = constant("direct", () => 1);

Deno.test("stage() lists the module that declares it, and no module of the DSL", () => {
  assert.deepEqual(mnist.definition.modules, [TOYS]);
  assert.deepEqual(train.definition.modules, [TOYS]);
});

Deno.test("stage() lists the factory's module and its caller's, innermost first", () => {
  assert.deepEqual(direct.definition.modules, [FACTORY, import.meta.url]);
});

Deno.test("stage() lists the caller of an asynchronous factory too", async () => {
  const later = await constantLater("later", () => 2);
  assert.deepEqual(later.definition.modules, [FACTORY, import.meta.url]);
});

Deno.test("stage() leaves the format of stack traces as it was", () => {
  const constructor = Error as unknown as { prepareStackTrace: unknown; stackTraceLimit: number };
  const before = [constructor.prepareStackTrace, constructor.stackTraceLimit];
  constant("another", () => 3);
  assert.deepEqual([constructor.prepareStackTrace, constructor.stackTraceLimit], before);
  assert.equal(typeof new Error("text").stack, "string");
});
