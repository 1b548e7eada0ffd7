/** @file What a node's key was made of the last time, so that a plan can say what is different now. */
import { hash, type Store } from "../cache/mod.ts";
import { isRecord } from "../dsl/mod.ts";
import type { CodeDigest } from "./code/index.ts";
import type { Manifest } from "./key.ts";
import type { Prepared } from "./prepare.ts";

/** Raised when what is remembered changes shape. */
const SPACE = "nodes-2";

interface Remembered {
  readonly manifest: Manifest;
  readonly units: CodeDigest["units"];
  readonly packages: CodeDigest["packages"];
}

/** Remembers what the node of a pipeline was made of. Names only help to find it again: no key depends on them. */
export async function remember(store: Store, pipeline: string, node: string, prepared: Prepared): Promise<void> {
  const { manifest, code: { units, packages } } = prepared;
  await store.writeNote(SPACE, hash(pipeline, node), { manifest, units, packages } satisfies Remembered);
}

/** Why a node is not cached: what differs from the last time, most telling first. */
export async function reasonFor(
  store: Store,
  pipeline: string,
  node: string,
  prepared: Prepared,
  wires: Readonly<Record<string, string>>,
): Promise<string> {
  const before = await store.readNote(SPACE, hash(pipeline, node)) as Remembered | undefined;
  if (before === undefined) return "never computed";
  const { manifest, code } = prepared;
  const differences = [
    ...differ(before.manifest.params, manifest.params, "parameter"),
    ...codeDifferences(before, code),
    ...inputDifferences(before.manifest, manifest, wires),
    ...(String(before.manifest.files) === String(manifest.files) ? [] : ["a file it reads changed"]),
  ];
  if (before.manifest.stage !== manifest.stage) {
    return `the node was stage "${before.manifest.stage}", now "${manifest.stage}"`;
  }
  return differences.length > 0 ? differences.join("; ") : "its result is no longer stored";
}

/** `parameter optimizer.rho: 0.05 -> 0.1`, one entry a leaf. */
function differ(before: unknown, now: unknown, what: string, path = ""): string[] {
  if (isRecord(before) && isRecord(now)) {
    const names = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...names].flatMap((name) => differ(before[name], now[name], what, path === "" ? name : `${path}.${name}`));
  }
  const [was, is] = [JSON.stringify(before), JSON.stringify(now)];
  return was === is ? [] : [`${what} ${path}: ${was ?? "absent"} -> ${is ?? "absent"}`];
}

function codeDifferences(before: Remembered, code: CodeDigest): string[] {
  if (before.manifest.code.digest === code.digest) return [];
  const changed = Object.keys(code.units).filter((unit) => before.units[unit] !== code.units[unit]);
  const gone = Object.keys(before.units).filter((unit) => !(unit in code.units));
  const packages = Object.keys(code.packages).filter((name) => before.packages[name] !== code.packages[name]);
  const parts = [
    ...changed.map((unit) => `code of ${unit}`),
    ...(changed.length === 0 ? gone.map((unit) => `code of ${unit}, gone`) : []),
    ...packages.map((name) => `package ${name}`),
  ];
  return parts.length > 0 ? [`changed: ${parts.join(", ")}`] : ["changed: the order of its code"];
}

function inputDifferences(before: Manifest, now: Manifest, wires: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(now.inputs).filter((name) => {
    return JSON.stringify(before.inputs[name]) !== JSON.stringify(now.inputs[name]);
  });
  return names.map((name) => `input ${name} changed (${wires[name]})`);
}
