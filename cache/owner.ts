/**
 * @file A process that works on a store, as others see it: a file that says who it is, whose heartbeat says that it
 * lives, and beside it a list of the keys whose results it uses, which gc leaves alone.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { removeIfThere } from "./files.ts";
import { Heartbeat } from "./heartbeat.ts";
import { type Holder, readHolder } from "./holder.ts";
import type { Layout } from "./layout.ts";
import { hasDied, thisProcess } from "./processes.ts";
import { seal } from "./sealed_json.ts";
import { namesIn } from "./walk.ts";

/** An owner without a heartbeat for so long is dead for certain, whatever happened to its clock, or to ours. */
const LONG_SILENCE_MS = 24 * 3600 * 1000;

/** This process, as owner of leases. */
export class Owner {
  readonly token: string;
  readonly path: string;
  /** What its file says; where links do not exist, each lease says it again. */
  readonly content: Uint8Array;
  readonly #heartbeat: Heartbeat;
  readonly #uses: string;
  #writing: Promise<void> = Promise.resolve();

  private constructor(layout: Layout, token: string, content: Uint8Array, heartbeat: Heartbeat) {
    this.token = token;
    this.path = layout.owner(token);
    this.content = content;
    this.#uses = usesPath(this.path);
    this.#heartbeat = heartbeat;
  }

  /** Makes the file of an owner, and keeps it fresh. `lost` is told if that fails. */
  static async begin(
    layout: Layout,
    { purpose, beatSeconds }: { readonly purpose: string; readonly beatSeconds: number },
    lost: (cause: unknown) => void,
  ): Promise<Owner> {
    const token = randomUUID();
    const path = layout.owner(token);
    await Deno.mkdir(layout.owners, { recursive: true });
    await Deno.writeFile(path, new Uint8Array(0), { createNew: true });
    // The disk's own time, by which gc tells what was published since.
    const beganMs = Number((await Deno.stat(path)).mtime);
    const since = new Date().toISOString();
    const content = seal({ ...thisProcess(), token, since, purpose, beatSeconds, beganMs } satisfies Holder);
    await Deno.writeFile(path, content);
    return new Owner(layout, token, content, new Heartbeat(path, 1000 * beatSeconds, lost));
  }

  /** Adds keys to those that are in use. */
  async use(keys: readonly string[]): Promise<void> {
    const lines = keys.map((key) => `${key}\n`).join("");
    const writing = this.#writing.then(() => Deno.writeTextFile(this.#uses, lines, { append: true }));
    this.#writing = writing.catch(() => {});
    await writing;
  }

  /** Ends the heartbeat and removes the files. */
  async end(): Promise<void> {
    this.#heartbeat.stop();
    await this.#writing;
    await removeIfThere(this.#uses);
    await removeIfThere(this.path);
  }
}

/** What other processes do with a store at the moment. */
export interface Activity {
  /** Keys whose results are in use. */
  readonly uses: ReadonlySet<string>;
  /** Since when any of them has worked, by the disk's time in milliseconds; undefined if there is none. */
  readonly sinceMs: number | undefined;
  /** Files of owners that are dead. */
  readonly leftovers: readonly string[];
}

/** Looks at all owners. `nowMs` is the disk's time. */
export async function readActivity(layout: Layout, nowMs: number): Promise<Activity> {
  const uses = new Set<string>();
  const leftovers: string[] = [];
  let sinceMs: number | undefined;
  for (const path of await ownerPaths(layout)) {
    const holder = await readHolder(path);
    const touched = await Deno.stat(path).then(({ mtime }) => Number(mtime), () => undefined);
    if (holder === undefined || touched === undefined) continue; // ended meanwhile
    if (nowMs - touched > LONG_SILENCE_MS || hasDied(holder)) {
      leftovers.push(usesPath(path), path);
      continue;
    }
    sinceMs = Math.min(sinceMs ?? Infinity, holder.damaged ? touched : holder.beganMs);
    const lines = await Deno.readTextFile(usesPath(path)).catch(() => "");
    for (const line of lines.split("\n")) uses.add(line); // the last may be half written: then it is no key
  }
  return { uses, sinceMs, leftovers };
}

async function ownerPaths(layout: Layout): Promise<readonly string[]> {
  const names = await namesIn(layout.owners);
  return names.filter((name) => name.endsWith(".json")).map((name) => join(layout.owners, name));
}

function usesPath(ownerPath: string): string {
  return ownerPath.replace(/\.json$/, ".uses");
}
