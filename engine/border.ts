/**
 * @file Names at the native border. A user's names are grouped, `inputs/x`, so that an input and an output may share
 * one and none meets a name that the graph gave itself.
 */

import type { HostTensor } from "./types.ts";

/** Groups of names. */
export type Group = "constants" | "carry" | "inputs" | "next" | "outputs";

/** A name in its group. */
export function bordered(group: Group, name: string): string {
  return `${group}/${name}`;
}

/** Tensors under the names of a group. */
export function grouped(group: Group, tensors: Readonly<Record<string, HostTensor>>): Record<string, HostTensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [bordered(group, name), tensor]));
}

/** A group's tensors under their own names. */
export function members(group: Group, tensors: Readonly<Record<string, HostTensor>>): Record<string, HostTensor> {
  const prefix = bordered(group, "");
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/** The input that counts steps for a scan without per-step inputs. */
export const COUNTER = "steps/counter";
