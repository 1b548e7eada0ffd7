/** @file The published data sets: parameters, formats, and what the stages say when nothing answers. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { batchFromSheet, cifarImages, RECORD_BYTES } from "../../../stages/load/cifar_format.ts";
import { CIFAR10 } from "../../../stages/load/cifar10_files.ts";
import { toDataset } from "../../../stages/load/images.ts";
import { FASHION_MNIST, MNIST } from "../../../stages/load/mnist_files.ts";
import * as load from "../../../stages/load/mod.ts";

Deno.test("cifarImages() turns planes of one channel into pixels of three, over batches", () => {
  const records = Array.from({ length: 3 }, (_, image) => {
    const record = new Uint8Array(RECORD_BYTES);
    record[0] = image;
    for (let i = 0; i < RECORD_BYTES - 1; i++) record[1 + i] = (i * 13 + image * 101) % 251;
    return record;
  });
  const images = cifarImages([Buffer.concat(records.slice(0, 2)), records[2]!]);
  assert.deepEqual([...images.labels], [0, 1, 2]);
  const train = { images, indices: Uint32Array.of(0, 2) };
  const test = { images, indices: Uint32Array.of(1) };
  const data = toDataset(train, test);
  assert.deepEqual(data.x.shape, [3, 32, 32, 3]);
  assert.deepEqual([...data.id], [0, 2, 4]);
  assert.deepEqual([...data.y], [0, 2, 1]);
  for (const [row, image] of [[0, 0], [1, 2], [2, 1]] as const) {
    for (const [h, w, c] of [[0, 0, 0], [0, 1, 0], [3, 5, 1], [31, 31, 2], [10, 0, 2]] as const) {
      const found = data.x.data[((row * 32 + h) * 32 + w) * 3 + c];
      assert.equal(found, records[image]![1 + c * 1024 + h * 32 + w]);
    }
  }
});

Deno.test("batchFromSheet() is what cifarImages() undoes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 3072, maxLength: 3072 }), fc.nat(9), (rgb, label) => {
      const images = cifarImages([batchFromSheet(rgb, [label])]);
      const pixels = new Uint8Array(3072);
      images.copy(0, pixels, 0);
      assert.deepEqual(pixels, rgb);
      assert.equal(images.labels[0], label);
    }),
    { numRuns: 20 },
  );
});

Deno.test("batchFromSheet() refuses a sheet with fewer images than labels", () => {
  assert.throws(() => batchFromSheet(new Uint8Array(3072), [0, 1]), /^RangeError: Cannot read an image sheet of 3072/);
});

for (const [name, stage, most] of [["cifar10", load.cifar10, 50_000], ["mnist", load.mnist, 60_000]] as const) {
  Deno.test(`load.${name}() refuses more examples than there are`, () => {
    assert.equal(stage({ train: most }).params.train, most);
    assert.throws(() => stage({ train: most + 1 }), new RegExp(`train.*${most}`));
    assert.throws(() => stage({ test: 10_001 }), /test.*10000/);
  });

  Deno.test(`load.${name}() leaves the folder out of its key, and nothing else`, () => {
    assert.deepEqual(stage.definition.unkeyed, ["folder"]);
  });
}

for (const set of [CIFAR10, MNIST, FASHION_MNIST]) {
  Deno.test(`${set.title} is pinned completely`, () => {
    for (const { bytes, sha256 } of set.files) {
      assert.ok(bytes > 0);
      assert.match(sha256, /^[0-9a-f]{64}$/);
    }
    assert.equal(new Set(set.files.map(({ sha256 }) => sha256)).size, set.files.length);
    assert.match(set.remedy, /\{folder\}.*parameter "folder"/);
  });
}
