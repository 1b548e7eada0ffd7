/** @file Examples of files of one's own, and how train and test split are taken from them. */
import { z } from "zod";
import type { Value } from "../../dsl/mod.ts";
import { stream } from "../../engine/random.ts";
import type { Dataset } from "../artifacts/dataset.ts";
import { rowsOf } from "../select/rows.ts";

/** Examples in the order of their file. */
export interface Pool {
  /** For messages. */
  readonly name: string;
  /** `[height, width, channel]`. */
  readonly shape: readonly [number, number, number];
  /** Pixels, `[example, height, width, channel]`. */
  readonly x: Uint8Array;
  readonly y: Int32Array;
  /** The rows' numbers where left out. */
  readonly id?: Uint32Array | undefined;
  /** Of each example, where the files say it. */
  readonly split?: readonly string[] | undefined;
  readonly group?: readonly string[] | undefined;
}

/**
 * Parameters that take the splits from a pool.
 *
 * - `train`, `test`: numbers of examples. Where the files have no split, `test` is a fifth of the examples and `train`
 *   the rest, unless said otherwise; where they have one, both are all there are.
 * - `pick`: "random" draws examples with equal probabilities, so that train and test examples differ in nothing but
 *   chance, which is what attacks on membership assume; "first" takes the first for train and, where the files have no
 *   split, the last for test. With the same seed and `test`, smaller splits are part of larger ones.
 */
export const poolParams = {
  train: z.int().min(1).optional().describe("Training examples; all but those for testing if left out"),
  test: z.int().min(0).optional().describe("Test examples; if left out, those of the files, or a fifth"),
  pick: z.enum(["random", "first"]).default("random").describe("Random examples, or the first (and last, for testing)"),
  seed: z.int().min(0).default(0).describe("Seed of random examples"),
};

/** What {@link fromPool} is told. */
export interface PoolOptions {
  readonly train?: number | undefined;
  readonly test?: number | undefined;
  readonly pick: "random" | "first";
  readonly seed: number;
}

/**
 * A data set of a pool's examples. Rows of a split keep the order of the pool.
 *
 * @throws RangeError when there are fewer examples than asked for, or columns of different lengths.
 */
export function fromPool(pool: Pool, options: PoolOptions): Value<typeof Dataset> {
  const [train, test] = pool.split === undefined ? divide(pool, options) : splitsOf(pool, pool.split, options);
  const rows = [...train, ...test];
  const n = check(pool);
  const data = rowsOf({
    id: pool.id ?? Uint32Array.from({ length: n }, (_, row) => row),
    x: { data: pool.x, shape: [n, ...pool.shape] },
    y: pool.y,
    split: pool.split ?? new Array<string>(n).fill(""),
    group: pool.group ?? new Array<string>(n).fill(""),
  }, rows);
  return { ...data, split: rows.map((_, i) => i < train.length ? "train" : "test") };
}

function check({ name, x, y, shape, id, split, group }: Pool): number {
  const size = shape.reduce((product, length) => product * length, 1);
  if (x.length !== y.length * size) {
    throw new RangeError(
      `Cannot pair the examples and labels of ${name}: there are ${x.length} features, ${size} (${
        shape.join("x")
      }) an ` +
        `example, and ${y.length} labels; give one label for each example`,
    );
  }
  for (const [what, column] of Object.entries({ ids: id, splits: split, groups: group })) {
    if (column !== undefined && column.length !== y.length) {
      throw new RangeError(
        `Cannot use ${name}: it has ${y.length} labels and ${column.length} ${what}; give one for each`,
      );
    }
  }
  return y.length;
}

/** Rows of a pool without splits. */
function divide({ name, y }: Pool, { train, test, pick, seed }: PoolOptions): readonly [Uint32Array, Uint32Array] {
  const n = y.length;
  const tested = test ?? Math.min(Math.floor(n / 5), train === undefined ? n : Math.max(0, n - train));
  const trained = train ?? n - tested;
  if (trained < 1 || trained + tested > n) {
    throw new RangeError(
      `Cannot take ${trained} train and ${tested} test examples from ${name}: there are ${n}; ask for fewer`,
    );
  }
  const order = pick === "first" ? count(n) : Uint32Array.from(stream(seed, "load", "pool").permutation(n));
  return [order.slice(0, trained).sort(), order.slice(n - tested).sort()];
}

/** Rows of a pool whose files say to which split they belong. */
function splitsOf(
  { name }: Pool,
  splits: readonly string[],
  { train, test, pick, seed }: PoolOptions,
): readonly [Uint32Array, Uint32Array] {
  function take(split: string, wanted: number | undefined): Uint32Array {
    const rows = count(splits.length).filter((row) => splits[row] === split);
    const taken = wanted ?? rows.length;
    if (taken > rows.length) {
      throw new RangeError(
        `Cannot take ${taken} ${split} examples from ${name}: there are ${rows.length}; ask for fewer`,
      );
    }
    if (pick === "first") return rows.slice(0, taken);
    const order = stream(seed, "load", "pool", split).permutation(rows.length).subarray(0, taken).sort();
    return Uint32Array.from(order, (i) => rows[i]!);
  }
  const taken = [take("train", train), take("test", test)] as const;
  if (taken[0].length === 0) throw new RangeError(`Cannot use ${name}: no example is of split "train"`);
  return taken;
}

function count(n: number): Uint32Array {
  return Uint32Array.from({ length: n }, (_, i) => i);
}
