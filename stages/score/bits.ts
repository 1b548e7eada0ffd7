/** @file A matrix of bits, one row an example and one column a model, and the product of two of them. */

/** Bits packed along models, so that one popcount covers 32 models: Feldman & Zhang's T^T M as a product of bits. */
export class BitMatrix {
  readonly rows: number;
  readonly #words: Uint32Array;
  readonly #wordsPerRow: number;

  /** All bits zero. */
  constructor(rows: number, columns: number) {
    this.rows = rows;
    this.#wordsPerRow = Math.ceil(columns / 32);
    this.#words = new Uint32Array(rows * this.#wordsPerRow);
  }

  /** Sets one bit. */
  set(row: number, column: number): void {
    this.#words[row * this.#wordsPerRow + (column >>> 5)]! |= 1 << (column & 31);
  }

  /** Sets one column from a vector of 0 and 1, one entry a row. */
  setColumn(column: number, bits: ArrayLike<number>): void {
    for (let row = 0; row < this.rows; row++) if (bits[row] === 1) this.set(row, column);
  }

  /** One column as a vector of 0 and 1. */
  column(column: number): Uint8Array {
    const word = column >>> 5;
    const shift = column & 31;
    return Uint8Array.from(
      { length: this.rows },
      (_, row) => this.#words[row * this.#wordsPerRow + word]! >>> shift & 1,
    );
  }

  /** How many bits of each row are set. */
  rowSums(): Uint32Array {
    return Uint32Array.from({ length: this.rows }, (_, row) => this.#overlap(row, this, row));
  }

  /** Row `row` of `this · otherᵀ` at the columns `columns`: in how many columns both bits are set. */
  product(row: number, other: BitMatrix, columns: Uint32Array): Uint32Array {
    const counts = new Uint32Array(columns.length);
    for (let i = 0; i < columns.length; i++) counts[i] = this.#overlap(row, other, columns[i]!);
    return counts;
  }

  #overlap(row: number, other: BitMatrix, otherRow: number): number {
    const [a, b, width] = [this.#words, other.#words, this.#wordsPerRow];
    const [start, otherStart] = [row * width, otherRow * width];
    let count = 0;
    for (let w = 0; w < width; w++) count += popcount(a[start + w]! & b[otherStart + w]!);
    return count;
  }
}

/** How many of 32 bits are set: sums of neighbours in fields of 2, 4, 8 bits, then of the bytes by a product. */
function popcount(word: number): number {
  let sums = word - (word >>> 1 & 0x55555555);
  sums = (sums & 0x33333333) + (sums >>> 2 & 0x33333333);
  sums = sums + (sums >>> 4) & 0x0f0f0f0f;
  return Math.imul(sums, 0x01010101) >>> 24;
}
