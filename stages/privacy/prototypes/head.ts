/** @file A classification head on embeddings: vectors with classes, and what was released of the private data to make them. */
import type { Rows } from "../clip.ts";
import type { Relation } from "../relation.ts";
import type { Release } from "../release.ts";

/** Vectors of classes. */
export interface Head {
  /** `cosine`: the class of the vector of largest cosine; `linear`: of largest product plus bias. */
  readonly rule: "cosine" | "linear";
  /** `[m, d]`. A class may have several vectors. */
  readonly vectors: { readonly data: Float64Array; readonly shape: readonly [number, number] };
  /** The class of each vector. */
  readonly labels: Int32Array;
  readonly bias: Float64Array;
}

/** A release, and the part of the data that it looked at: `class 3`, or "" for all. */
export interface PartRelease<R extends Relation> {
  readonly part: string;
  readonly release: Release<unknown, R>;
}

/** A head with the releases that it follows from. All else in it is post-processing. */
export interface PrivateHead<R extends Relation> {
  readonly head: Head;
  readonly releases: readonly PartRelease<R>[];
}

/** One vector a class. */
export function headOf(rule: Head["rule"], vectors: readonly Float64Array[], bias?: Float64Array): Head {
  return groupedHead(rule, vectors.map((vector) => [vector]), bias);
}

/** Some vectors a class. */
export function groupedHead(
  rule: Head["rule"],
  groups: readonly (readonly Float64Array[])[],
  bias?: Float64Array,
): Head {
  const flat = groups.flat();
  const width = flat[0]!.length;
  const data = new Float64Array(flat.length * width);
  flat.forEach((vector, row) => data.set(vector, row * width));
  return {
    rule,
    vectors: { data, shape: [flat.length, width] },
    labels: Int32Array.from(groups.flatMap((group, label) => group.map(() => label))),
    bias: bias ?? new Float64Array(flat.length),
  };
}

/**
 * Checks the private rows of all classes, before anything is released of any.
 *
 * @throws RangeError for no classes, rows of different widths, and, where sizes are divided by, an empty class
 */
export function checkClasses(classes: readonly Rows[], relation: Relation): number {
  const width = classes[0]?.shape[1] ?? 0;
  if (classes.length < 2 || width < 1) {
    throw new RangeError(
      `Cannot make prototypes of ${classes.length} classes of ${width} features: two and one are least`,
    );
  }
  classes.forEach(({ data, shape: [n, d] }, label) => {
    if (d !== width || data.length !== n * d) {
      throw new RangeError(
        `Rows of class ${label} are ${n} of ${d} features in ${data.length} numbers, not of ${width}`,
      );
    }
    if (n === 0 && relation === "replace-one") {
      throw new RangeError(
        `Cannot release anything of class ${label}: it is empty, and its size is public under "replace-one"; leave it out, ` +
          `or use "add-remove"`,
      );
    }
  });
  return width;
}
