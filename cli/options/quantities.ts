/** @file Sizes and durations as people write them: `200G`, `30d`. */
import { InvalidArgumentError } from "@commander-js/extra-typings";

const BYTES: Readonly<Record<string, number>> = { "": 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Bytes: a number, with `K`, `M`, `G` or `T` for powers of 1000. */
export function bytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)B?$/i.exec(text);
  if (match === null) throw new InvalidArgumentError('Give a size such as "500M" or "200G".');
  return Math.floor(Number(match[1]) * BYTES[match[2]!.toUpperCase()]!);
}

/** Seconds: a number with `s`, `m`, `h`, `d` or `w`. */
export function seconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Give an age such as "12h" or "30d".');
  return Number(match[1]) * SECONDS[match[2]!]!;
}

/** A number between 0 and 1. */
export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError("Give a number between 0 and 1, such as 0.02.");
  }
  return value;
}

/** A size for people: `1.2 GB`. */
export function spellBytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, unit] = [count, 0];
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}
