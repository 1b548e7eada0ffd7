/** @file Runs of a pipeline with stores of their own and one server between them. */
import { join } from "node:path";
import type { RemoteOptions } from "../../cache/remote/mod.ts";
import { type Report, run } from "../../executor/mod.ts";

const fixtures = new URL("./fixtures/", import.meta.url);

/** What a run came to. */
export interface Made {
  readonly report: Report;
  readonly warnings: readonly string[];
  /** The files that it wrote, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** A folder with stores, outputs and keys. */
export class Bench implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Bench> {
    return new Bench(await Deno.makeTempDir({ prefix: "engram-remote-" }));
  }

  /** What is needed to talk to a server as somebody with a key of their own. */
  remote(url: string, options: Partial<RemoteOptions> = {}, who = "me"): RemoteOptions {
    const patience = { contact: 2, answer: 2, idle: 1, whole: 4 };
    return { url, ownKeyFile: join(this.folder, `${who}.pem`), patience, ...options };
  }

  /** Runs a pipeline with the store of this name. */
  async run(
    store: string,
    remote: RemoteOptions | undefined,
    { overrides = {}, jobs = 0, file = "counting.ts", signal }: {
      readonly overrides?: unknown;
      readonly jobs?: number;
      readonly file?: string;
      readonly signal?: AbortSignal;
    } = {},
  ): Promise<Made> {
    const warnings: string[] = [];
    const out = join(this.folder, "out", store);
    await Deno.remove(out, { recursive: true }).catch(() => {});
    const report = await run(
      { pipeline: new URL(file, fixtures).href, overrides: [overrides], check: false },
      { cache: join(this.folder, store), out, data: join(this.folder, "data"), jobs, remote, signal, device: "cpu" },
      (event) => {
        if (event.kind === "log" && event.level === "warning") warnings.push(event.message);
      },
    );
    const files: Record<string, string> = {};
    for (const path of Object.values(report.outputs).flatMap((output) => output.files)) {
      files[path.slice(out.length)] = await Deno.readTextFile(path);
    }
    return { report, warnings, files };
  }

  /** How many files lie below a folder of a store. */
  async stored(store: string, below: string): Promise<number> {
    let count = 0;
    const walk = async (folder: string): Promise<void> => {
      for await (const { name, isDirectory } of Deno.readDir(folder)) {
        if (isDirectory) await walk(join(folder, name));
        else count++;
      }
    };
    await walk(join(this.folder, store, below));
    return count;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Digests of a run's nodes, by id. */
export function digestsOf({ report }: Made): Record<string, string | null> {
  return Object.fromEntries(report.nodes.map(({ id, digest }) => [id, digest]));
}
