/** @file Documents: what a pipeline writes for people. `run` writes every row of such an output to a file. */
import { artifact, column } from "../../dsl/mod.ts";

const columns = {
  /** File extension, without the dot: `md`, `csv`, `tex`, `svg`. */
  extension: column.utf8(),
  /** The file's text. */
  content: column.utf8(),
};

/** A table, one row a format of it. The first row is what a terminal shows. */
export const Table = artifact("Table", "One row a format of the table: its text", columns);

/** A figure, one row a format of it. */
export const Figure = artifact("Figure", "One row a format of the figure: its text", columns);

/** A document that stands by itself, one row a format of it: an HTML report. */
export const Document = artifact("Document", "One row a format of the document: its text", columns);
