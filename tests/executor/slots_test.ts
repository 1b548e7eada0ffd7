/** @file Slots: so many at once, by priority and then by arrival. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Slots } from "../../executor/slots.ts";

Deno.test("Slots let in the smallest priority first, and equals in the order in which they came", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(3)), fc.integer({ min: 1, max: 3 }), async (priorities, count) => {
    const slots = new Slots(count);
    const order: number[] = [];
    let [inside, most] = [0, 0];
    // The first ones take the slots at once; all others wait in line until the gate opens.
    const gate = Promise.withResolvers<void>();
    const held = Array.from({ length: count }, () => slots.use(0, () => gate.promise));
    const waiting = priorities.map((priority, i) =>
      slots.use(priority, async () => {
        most = Math.max(most, ++inside);
        order.push(i);
        await Promise.resolve();
        inside--;
      })
    );
    gate.resolve();
    await Promise.all([...held, ...waiting]);
    const expected = priorities.map((priority, i) => [priority, i] as const).sort(([a, i], [b, j]) => a - b || i - j);
    assert.deepEqual(order, expected.map(([, i]) => i));
    assert.ok(most <= count);
  }));
});

Deno.test("Slots let 100,000 in, one after the other, in less than two seconds", async () => {
  const slots = new Slots(1);
  const gate = Promise.withResolvers<void>();
  const held = slots.use(0, () => gate.promise);
  const began = performance.now();
  const all = Array.from({ length: 100_000 }, () => slots.use(1, () => Promise.resolve()));
  gate.resolve();
  await Promise.all([held, ...all]);
  const seconds = (performance.now() - began) / 1000;
  assert.ok(seconds < 2, `it took ${seconds} s`);
});
