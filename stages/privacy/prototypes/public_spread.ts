/** @file What CoinPress is told from public embeddings: how far classes are apart, and how wide they are. */
import type { Rows } from "../clip.ts";

/** In the units of the embeddings: standard deviation of a coordinate within a class, and how far class means are from 0. */
export interface Spread {
  readonly scale: number;
  readonly reach: number;
}

/**
 * The spread of public classes.
 *
 * @throws RangeError where no class has two examples that differ
 */
export function spreadOf(classes: readonly Rows[]): Spread {
  let [squares, count, reach] = [0, 0, 0];
  for (const { data, shape: [n, d] } of classes) {
    if (n < 2) continue;
    const mean = new Float64Array(d);
    data.forEach((x, i) => mean[i % d]! += x / n);
    data.forEach((x, i) => squares += (x - mean[i % d]!) ** 2);
    count += (n - 1) * d;
    reach = Math.max(reach, Math.hypot(...mean));
  }
  if (!(squares > 0)) {
    throw new RangeError("Cannot tell how wide public classes are: no class has two examples that differ");
  }
  return { scale: Math.sqrt(squares / count), reach };
}
