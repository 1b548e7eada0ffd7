/** @file What differs between two manifests, leaf by leaf: parameter, function, package, input, file. */
import { isRecord } from "../dsl/mod.ts";
import type { Code } from "./history.ts";
import type { Manifest } from "./key.ts";

/** One leaf that differs. */
export interface Difference {
  readonly kind: "stage" | "parameter" | "code" | "package" | "input" | "file";
  /** Which one: a path, a file and function, a package, the input's name. */
  readonly what: string;
  readonly before: string | null;
  readonly now: string | null;
}

/** Everything that differs between what a result was made of and what it would be made of now. */
export function differences(before: Manifest, beforeCode: Code | undefined, now: Manifest, code: Code): Difference[] {
  return [
    ...leaf("stage", "", before.stage, now.stage),
    ...inDepth("parameter", before.params, now.params, ""),
    ...(before.code.digest === now.code.digest ? [] : codeDifferences(beforeCode, code)),
    ...Object.keys({ ...before.inputs, ...now.inputs }).flatMap((name) =>
      leaf("input", name, before.inputs[name], now.inputs[name])
    ),
    ...leaf("file", "", before.files, now.files),
  ];
}

/** A difference as people read it: `parameter optimizer.rho: 0.05 -> 0.1`. `wires` names the node behind an input. */
export function spell({ kind, what, before, now }: Difference, wires: Readonly<Record<string, string>>): string {
  switch (kind) {
    case "stage":
      return `the node was stage ${before}, now ${now}`;
    case "parameter":
      return `parameter ${what}: ${short(before)} -> ${short(now)}`;
    case "code":
      return `code of ${what} ${before === null ? "is new" : now === null ? "is gone" : "changed"}`;
    case "package":
      return before === null
        ? `package ${what} is new`
        : now === null
        ? `package ${what} is gone`
        : `package ${what} changed`;
    case "input":
      return `input ${what} changed (${wires[what] ?? "gone"})`;
    case "file":
      return "a file that it reads changed";
  }
}

/** So many characters of a value are shown: whole tables are parameters of some stages. */
const SHOWN = 120;

function short(value: string | null): string {
  if (value === null) return "absent";
  return value.length <= SHOWN ? value : `${value.slice(0, SHOWN)}… (${value.length} characters)`;
}

function leaf(kind: Difference["kind"], what: string, before: unknown, now: unknown): Difference[] {
  const [was, is] = [JSON.stringify(before) ?? null, JSON.stringify(now) ?? null];
  return was === is ? [] : [{ kind, what, before: was, now: is }];
}

function inDepth(kind: Difference["kind"], before: unknown, now: unknown, path: string): Difference[] {
  if (!isRecord(before) || !isRecord(now)) return leaf(kind, path, before, now);
  return Object.keys({ ...before, ...now }).flatMap((name) =>
    inDepth(kind, before[name], now[name], path === "" ? name : `${path}.${name}`)
  );
}

function codeDifferences(before: Code | undefined, now: Code): Difference[] {
  if (before === undefined) return [{ kind: "code", what: "it", before: "", now: "" }];
  const found = [
    ...inDepth("code", before.units, now.units, ""),
    ...inDepth("package", before.packages, now.packages, ""),
  ];
  return found.length > 0 ? found : [{ kind: "code", what: "what its names lead to", before: "", now: "" }];
}
