/** @file YamlError: everything wrong in a YAML pipeline, each problem with its place in the file and a code frame. */

/** One thing wrong in a YAML file. */
export interface YamlProblem {
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** How many characters are wrong, from `column` on; at least 1. */
  readonly length: number;
  readonly message: string;
  /** The valid name that a mistyped one is nearest to. */
  readonly nearest?: string | undefined;
}

/** Problems that the message tells of: one slip of the pen may cause hundreds. */
const MOST_TOLD = 10;

/** Characters of a line that are shown, so that a file of one long line does not flood the terminal. */
const [BEFORE, AFTER] = [80, 160];

/** A YAML pipeline was refused. `line`, `column`, `nearest` and `cause` are those of the first problem. */
export class YamlError extends Error {
  override readonly name = "YamlError";
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The valid name that the mistyped one is nearest to. */
  readonly nearest: string | undefined;
  /** All problems, in the order of the file. */
  readonly problems: readonly YamlProblem[];

  /**
   * @param file the file's name as the user gave it.
   * @param text the file's text, for code frames.
   * @param problems at least one.
   */
  constructor(file: string, text: string, problems: readonly [YamlProblem, ...YamlProblem[]], cause?: unknown) {
    const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
    const lines = text.split(/\r?\n/);
    const told = sorted.slice(0, MOST_TOLD).map((problem) => {
      return `${file}:${at(problem)} ${problem.message}\n${frame(lines, problem)}`;
    });
    if (sorted.length > told.length) told.push(`${sorted.length - told.length} more problems follow from here on`);
    super(told.join("\n\n"), { cause });
    const [first = problems[0]] = sorted;
    this.file = file;
    this.line = first.line;
    this.column = first.column;
    this.nearest = first.nearest;
    this.problems = sorted;
  }
}

function at({ line, column }: YamlProblem): string {
  return `${line}:${column}`;
}

/** The line with the problem, underlined, after the line before it. */
function frame(lines: readonly string[], { line, column, length }: YamlProblem): string {
  const width = String(line).length;
  const start = Math.max(0, column - 1 - BEFORE);
  const text = cut(lines[line - 1], start);
  const carets = "^".repeat(Math.max(1, Math.min(length, text.length - (column - 1 - start))));
  const shown = [`${line} | ${text}`, `${" ".repeat(width)} | ${" ".repeat(column - 1 - start)}${carets}`];
  if (line > 1) shown.unshift(`${String(line - 1).padStart(width)} | ${cut(lines[line - 2], start)}`);
  return shown.map((row) => `  ${row}`.trimEnd()).join("\n");
}

function cut(line = "", start: number): string {
  return line.slice(start, start + BEFORE + AFTER);
}
