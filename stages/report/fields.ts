/** @file Fields: which name of a measurement tells where it stands in a figure. */
import { z } from "zod";
import { type Measurement, single as sameNumber } from "./measurements.ts";

/** Names of a measurement. `slice 1` and `slice 2` are the parts of a slice `difficulty 1, entropy 3`. */
export const FIELDS = ["group", "measure", "metric", "slice", "slice 1", "slice 2"] as const;

/** A field, as a parameter. */
export const field = z.enum(FIELDS);

/** What a measurement has in a field; empty where its slice has no such part. */
export function fieldOf(m: Measurement, name: typeof FIELDS[number]): string {
  if (name === "slice 1" || name === "slice 2") return m.slice.split(", ")[name === "slice 1" ? 0 : 1] ?? "";
  return m[name];
}

/** Which measurements a figure is of. */
export const choiceParams = {
  measures: z.array(z.string()).min(1).optional().describe("Which measures; all by default"),
  metrics: z.array(z.string()).min(1).optional().describe("Which metrics; all by default"),
  slices: z.array(z.string()).min(1).optional().describe("Which slices; all by default"),
};

/** Means over models of what is chosen. */
export function chosen(
  all: readonly Measurement[],
  { measures, metrics, slices }: {
    readonly measures?: readonly string[] | undefined;
    readonly metrics?: readonly string[] | undefined;
    readonly slices?: readonly string[] | undefined;
  },
): Measurement[] {
  return all.filter((m) =>
    m.model === -1 && (measures?.includes(m.measure) ?? true) && (metrics?.includes(m.metric) ?? true) &&
    (slices?.includes(m.slice) ?? true)
  );
}

/**
 * The one number of a cell whose place the names `axes` tell; undefined of none.
 *
 * @throws RangeError when they differ in another name, or in the number
 */
export function single(members: readonly Measurement[], ...axes: readonly string[]): Measurement | undefined {
  const other = (["measure", "metric", "slice", "group"] as const).find((name) =>
    !axes.some((axis) => axis.startsWith(name)) && new Set(members.map((m) => m[name])).size > 1
  );
  if (other !== undefined) {
    const names = [...new Set(members.map((m) => m[other]))].slice(0, 5).join('", "');
    throw new RangeError(
      `Cannot show several numbers in one cell: they differ in ${other} ("${names}"); put it on an axis, or choose one`,
    );
  }
  return sameNumber(members);
}
