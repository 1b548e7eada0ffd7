/** @file Margins of a linear model on unseen Gaussian examples, in closed form. */
import { normal } from "../stats/distributions.ts";

/** What is known of a linear model f(x) = w·x on x ~ N(0, diag(s)) with labels y = sign(t·x), turned with some probability. */
export interface LinearModel {
  readonly weights: Float64Array;
  readonly teacher: Float64Array;
  /** The variances s of the inputs. */
  readonly spectrum: Float64Array;
  /** The probability of a wrong label. */
  readonly noise: number;
}

/** How margins y f(x) of unseen examples are distributed. */
export interface Margins {
  /** wᵀ Σ w, the variance of f(x). */
  readonly outputVariance: number;
  readonly mean: number;
  readonly variance: number;
  /** P(y f(x) < threshold). */
  below(threshold: number): number;
}

/**
 * With v = wᵀΣw and r the correlation of f(x) and t·x: the margin of a right label is `|t·x|`'s part of f and the rest,
 * `√v (r |u| + √(1-r²) e)`, u and e standard normal; of a wrong one the same with -r. Its mean is `(1 - 2 noise) r √(2 v / π)`,
 * its second moment v. P(margin < c) is an integral over u, worked out to 1e-9.
 */
export function margins({ weights, teacher, spectrum, noise }: LinearModel): Margins {
  let [v, cross, t] = [0, 0, 0];
  for (let k = 0; k < spectrum.length; k++) {
    v += weights[k]! ** 2 * spectrum[k]!;
    cross += weights[k]! * teacher[k]! * spectrum[k]!;
    t += teacher[k]! ** 2 * spectrum[k]!;
  }
  const r = cross / Math.sqrt(v * t);
  const mean = (1 - 2 * noise) * r * Math.sqrt(2 * v / Math.PI);
  function below(threshold: number): number {
    const c = threshold / Math.sqrt(v);
    return (1 - noise) * belowRight(c, r) + noise * belowRight(c, -r);
  }
  return { outputVariance: v, mean, variance: v - mean ** 2, below };
}

/** P(r |u| + √(1-r²) e < c) = 2 ∫₀^∞ φ(u) Φ((c - r u) / √(1-r²)) du, by Simpson's rule. */
function belowRight(c: number, r: number): number {
  const spread = Math.sqrt(Math.max(1e-12, 1 - r * r));
  const [end, steps] = [9, 2000];
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const u = end * i / steps;
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp(-u * u / 2) * normal.cdf((c - r * u) / spread, 0, 1);
  }
  return 2 * sum * (end / steps) / 3 / Math.sqrt(2 * Math.PI);
}
