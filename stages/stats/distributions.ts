/** @file The distribution functions used here, with types: jstat ships none. */
import jStat from "jstat";

const typed = jStat as {
  readonly studentt: {
    inv(probability: number, degrees: number): number;
    cdf(value: number, degrees: number): number;
  };
  readonly normal: {
    inv(probability: number, mean: number, deviation: number): number;
    cdf(value: number, mean: number, deviation: number): number;
  };
  readonly beta: { inv(probability: number, alpha: number, beta: number): number };
};

/** Student's t, the normal and the beta distribution. */
export const { studentt, normal, beta } = typed;
