/** @file Facts in words: times, prices, days, and the command that asks for the same again. */
import { relative, resolve } from "node:path";
import { isRecord } from "../dsl/mod.ts";
import type { PipelineRequest } from "./request.ts";

/** `3 h 12 min`, `4 min 10 s`, `8.3 s`. */
export function timeText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${seconds.toFixed(0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `0.42 USD`; what is less than a hundredth, with more digits. */
export function costText(price: number, currency: string): string {
  return `${price >= 0.01 || price === 0 ? price.toFixed(2) : price.toPrecision(1)} ${currency}`;
}

/** The first and the last day. */
export function dayText(times: readonly string[]): string {
  const days = times.map((time) => time.slice(0, 10)).sort();
  const [first, last] = [days[0] ?? "–", days.at(-1) ?? "–"];
  return first === last ? first : `${first} to ${last}`;
}

/** The command line that makes the same request, from the folder that the program was started in. */
export function commandOf({ pipeline, preset, overrides = [] }: PipelineRequest): string {
  const path = pipeline.startsWith("file:") ? pipeline : shortest(pipeline);
  const settings = overrides.flatMap((override) => isRecord(override) ? leaves(override, []) : []);
  return [
    "deno task run",
    quoted(path),
    ...(preset === undefined ? [] : ["--preset", quoted(preset)]),
    ...settings.flatMap((setting) => ["--set", quoted(setting)]),
  ].join(" ");
}

function shortest(path: string): string {
  const below = relative(Deno.cwd(), resolve(path));
  return below.startsWith("..") ? resolve(path) : below;
}

/** `a.b=value` for each value of a nested object. A name with a dot cannot be spelled so: what holds it is one value. */
function leaves(value: Readonly<Record<string, unknown>>, path: readonly string[]): string[] {
  const entries = Object.entries(value);
  const isWhole = path.length > 0 &&
    (entries.length === 0 || entries.some(([name]) => name === "" || name.includes(".")));
  if (isWhole) return [`${path.join(".")}=${JSON.stringify(value)}`];
  return entries.flatMap(([name, inner]) =>
    isRecord(inner) ? leaves(inner, [...path, name]) : [`${[...path, name].join(".")}=${JSON.stringify(inner)}`]
  );
}

function quoted(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Text as it stands in HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
