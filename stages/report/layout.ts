/** @file A table's layout: plain text, before any format's own signs. */
import type { Standing } from "./ties.ts";

/** One cell of text, and how it stands in its column. */
export interface LayoutCell {
  readonly text: string;
  readonly standing: Standing;
}

/** A table of text: what every format writes. */
export interface Layout {
  /** A column's header, one entry a line; the first column names the groups. */
  readonly headers: readonly (readonly string[])[];
  /** The groups' labels, and their cells. */
  readonly rows: readonly { readonly label: string; readonly cells: readonly LayoutCell[] }[];
  /** Sentences. */
  readonly caption: readonly string[];
}

/** Marks a cell that is tied with the best of its column. */
export const TIE = "†";
