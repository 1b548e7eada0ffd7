/**
 * @file Counter-based random streams. A stream is named by a seed and a path; its numbers depend on those alone, never
 * on what else was drawn, where or in which order. Plain JavaScript: importing it loads nothing else.
 */

import { createHash } from "node:crypto";
import { multiplyHigh, philox4x32 } from "./philox.ts";

/** Random numbers of one name. Draws of one stream follow each other; equal names give equal streams. */
export interface RandomStream {
  /** A stream of its own under this one's name: `stream(1, "a").at("b")` equals `stream(1, "a", "b")`. */
  at(...path: (string | number)[]): RandomStream;
  /** `n` words, each of 32 random bits. */
  uint32(n: number): Uint32Array;
  /** `n` numbers in [0, 1), multiples of 2^-24: exact in `float32`. */
  uniform(n: number): Float32Array;
  /** `n` standard normal numbers, by Box and Muller (1958). */
  normal(n: number): Float32Array;
  /** The integers 0 … n - 1 in random order, by Fisher and Yates' shuffle. */
  permutation(n: number): Int32Array;
  /**
   * `n` integers in [low, high), each equally likely: by Lemire's method ("Fast random integer generation in an
   * interval", 2019), which rejects what would bias.
   *
   * @throws RangeError unless low < high, both integers of 32 bits
   */
  integers(n: number, low: number, high: number): Int32Array;
}

/**
 * The random stream of a name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stream } from "engram/engine/random.ts";
 *
 * const order = stream(7, "train", 3, "order").permutation(4);
 * assert(order.toSorted().join() === "0,1,2,3");
 * // The same name gives the same numbers, anywhere.
 * assert(stream(7, "train").at(3, "order").permutation(4).join() === order.join());
 * ```
 */
export function stream(seed: number | string, ...path: (string | number)[]): RandomStream {
  return new PhiloxStream([seed, ...path]);
}

class PhiloxStream implements RandomStream {
  readonly #name: readonly (string | number)[];
  readonly #key: Uint32Array;
  readonly #counter: Uint32Array;
  readonly #block = new Uint32Array(4);
  #used = 4;

  constructor(name: readonly (string | number)[]) {
    for (const part of name) {
      if (typeof part === "number" && !Number.isFinite(part)) {
        throw new RangeError(`A random stream's name has finite numbers and strings, not ${part}`);
      }
    }
    this.#name = name;
    // JSON keeps 1 and "1", and ["a", "b"] and ["a,b"], apart. 64 bits of hash are the key, 64 more start the counter's
    // upper half, so that streams share a sequence only if 128 bits collide.
    const digest = createHash("sha256").update(JSON.stringify(name)).digest();
    const words = new Uint32Array(4);
    for (let i = 0; i < 4; i++) words[i] = digest.readUInt32LE(4 * i);
    this.#key = words.slice(0, 2);
    this.#counter = Uint32Array.of(0, 0, words[2]!, words[3]!);
  }

  at(...path: (string | number)[]): RandomStream {
    return new PhiloxStream([...this.#name, ...path]);
  }

  #next(): number {
    if (this.#used === 4) {
      philox4x32(this.#counter, this.#key, this.#block);
      this.#used = 0;
      this.#counter[0]!++;
      if (this.#counter[0] === 0) this.#counter[1]!++;
    }
    return this.#block[this.#used++]!;
  }

  uint32(n: number): Uint32Array {
    const out = new Uint32Array(n);
    for (let i = 0; i < n; i++) out[i] = this.#next();
    return out;
  }

  uniform(n: number): Float32Array {
    const out = new Float32Array(n);
    for (let i = 0; i < n; i++) out[i] = (this.#next() >>> 8) / 0x1000000;
    return out;
  }

  normal(n: number): Float32Array {
    const out = new Float32Array(n);
    for (let i = 0; i < n; i += 2) {
      // 1 - u lies in (0, 1]: its logarithm is finite.
      const radius = Math.sqrt(-2 * Math.log(1 - this.#next() / 0x100000000));
      const angle = 2 * Math.PI * (this.#next() / 0x100000000);
      out[i] = radius * Math.cos(angle);
      if (i + 1 < n) out[i + 1] = radius * Math.sin(angle);
    }
    return out;
  }

  permutation(n: number): Int32Array {
    const out = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.#below(i + 1);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  }

  integers(n: number, low: number, high: number): Int32Array {
    const fits = [low, high - 1].every((bound) => Number.isInteger(bound) && bound === (bound | 0));
    if (!fits || low >= high || high - low > 0xffffffff) {
      throw new RangeError(
        `Integers are drawn from [low, high) with 32-bit bounds and low < high, not [${low}, ${high})`,
      );
    }
    return Int32Array.from({ length: n }, () => low + this.#below(high - low));
  }

  /** An integer in [0, bound), every one equally likely; the bound is below 2^32. */
  #below(bound: number): number {
    const threshold = 0x100000000 % bound;
    while (true) {
      const word = this.#next();
      const low = Math.imul(word, bound) >>> 0;
      if (low >= threshold) return multiplyHigh(word, bound);
    }
  }
}
