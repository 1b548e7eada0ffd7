/** @file Designs: which training examples each model of a zoo is trained on. A design yields one mask a model. */
import { stream } from "../../engine/random.ts";
import { BitMatrix } from "../score/bits.ts";

/** What a design is told. */
export interface DesignRequest {
  /** How many training examples there are. */
  readonly n: number;
  /** Their ids. */
  readonly ids: Uint32Array;
  /** Models. */
  readonly members: number;
  readonly seed: number;
}

/**
 * Every example in exactly half of the models: LiRA's design, `keep = argsort(U[members, n], axis 0) < members / 2`
 * (Carlini et al. 2022, arXiv 2112.03570). The estimators' denominators are all members / 2. An example's models depend on its id, not on the others.
 */
export function* exactHalf({ n, ids, members, seed }: DesignRequest): Generator<Uint8Array> {
  if (members % 2 !== 0) {
    throw new RangeError(
      `Cannot put every example in exactly half of ${members} models: use an even number of members, or design ` +
        `"complementary" or "fraction"`,
    );
  }
  const keep = new BitMatrix(n, members);
  for (let i = 0; i < n; i++) {
    const order = stream(seed, "subsample", "exact-half", ids[i]!).permutation(members);
    for (const k of order.subarray(0, members / 2)) keep.set(i, k);
  }
  for (let k = 0; k < members; k++) yield keep.column(k);
}

/** A random `int(fraction n)` of the examples for each model, without replacement: Feldman & Zhang (2020). */
export function* fractionOf({ n, members, seed }: DesignRequest, fraction: number): Generator<Uint8Array> {
  const size = Math.floor(fraction * n);
  if (size < 1 || size >= n) {
    throw new RangeError(
      `Cannot subsample ${size} of ${n} examples (fraction ${fraction}): some must be in and some out; use more examples ` +
        `or another fraction`,
    );
  }
  for (let k = 0; k < members; k++) {
    yield maskOf(n, stream(seed, "subsample", "fraction", k).permutation(n).subarray(0, size));
  }
}

/** Models 2j and 2j+1 are trained on a random half of the examples and on the other half. */
export function* complementary({ n, members, seed }: DesignRequest): Generator<Uint8Array> {
  for (let k = 0; k < members; k++) {
    const order = stream(seed, "subsample", "complementary", Math.floor(k / 2)).permutation(n);
    const half = Math.floor(n / 2);
    yield maskOf(n, k % 2 === 0 ? order.subarray(0, half) : order.subarray(half));
  }
}

/** Model 0 is trained on all examples, model k on all but example k - 1 of the data set. */
export function* leaveOneOut({ n, members }: DesignRequest): Generator<Uint8Array> {
  if (members > n + 1) {
    throw new RangeError(
      `Cannot leave one of ${n} examples out of ${members} models: use at most ${
        n + 1
      } members, the full model and one ` +
        `for each example`,
    );
  }
  for (let k = 0; k < members; k++) {
    const mask = new Uint8Array(n).fill(1);
    if (k > 0) mask[k - 1] = 0;
    yield mask;
  }
}

function maskOf(n: number, rows: Int32Array): Uint8Array {
  const mask = new Uint8Array(n);
  for (const row of rows) mask[row] = 1;
  return mask;
}
