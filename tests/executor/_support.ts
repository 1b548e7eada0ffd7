/** @file A copy of the test pipeline that a test may edit, and the command line run on it in child processes. */
import { join } from "node:path";
import { fileURLToPath as fromFileUrl } from "node:url";
import type { Report } from "../../executor/mod.ts";

const repository = fromFileUrl(new URL("../../", import.meta.url));
const fixtures = fromFileUrl(new URL("./fixtures/", import.meta.url));

/** What a command did. */
export interface Outcome {
  readonly code: number;
  readonly report: Report;
  readonly stderr: string;
}

/** A folder with the test pipeline and a store of its own. */
export class Project implements AsyncDisposable {
  readonly folder: string;
  readonly cache: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.cache = join(folder, "cache");
  }

  static async create(): Promise<Project> {
    await Deno.mkdir(join(repository, ".engram"), { recursive: true });
    const folder = await Deno.makeTempDir({ dir: join(repository, ".engram"), prefix: "test-" });
    for (const file of ["counting.ts", "helper.ts"]) await Deno.copyFile(join(fixtures, file), join(folder, file));
    return new Project(folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }

  /** Replaces text in a file of the project; throws when the text is not there. */
  async edit(file: string, from: string, to: string): Promise<void> {
    const path = join(this.folder, file);
    const text = await Deno.readTextFile(path);
    if (!text.includes(from)) throw new Error(`"${file}" does not contain "${from}"`);
    await Deno.writeTextFile(path, text.replace(from, to));
  }

  /** Runs a verb on the pipeline with `--json`. */
  async command(verb: "run" | "plan", args: readonly string[] = [], file = "counting.ts"): Promise<Outcome> {
    const { code, stdout, stderr } = await this.spawn(verb, [...args, "--json"], file).output();
    const decoder = new TextDecoder();
    const text = decoder.decode(stdout);
    if (text === "") throw new Error(`No document on standard output: ${decoder.decode(stderr)}`);
    return { code, report: JSON.parse(text) as Report, stderr: decoder.decode(stderr) };
  }

  /** Starts a verb on the pipeline. */
  spawn(verb: string, args: readonly string[] = [], file = "counting.ts"): Deno.Command {
    const main = join(repository, "cli/main.ts");
    const folders = ["--cache", this.cache, "--out", join(this.folder, "out"), "--data", join(this.folder, "data")];
    return new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", main, verb, join(this.folder, file), ...folders, "--jobs", "2", ...args],
      cwd: repository,
      stdout: "piped",
      stderr: "piped",
    });
  }

  /** Paths of all files below a folder of the store. */
  async stored(below: string): Promise<string[]> {
    const found: string[] = [];
    async function walk(folder: string): Promise<void> {
      for await (const entry of Deno.readDir(folder)) {
        if (entry.isDirectory) await walk(join(folder, entry.name));
        else found.push(join(folder, entry.name));
      }
    }
    await walk(join(this.cache, below));
    return found.sort();
  }
}

/** The ids of the nodes with a status. */
export function having(report: Report, status: string): string[] {
  return report.nodes.filter((node) => node.status === status).map(({ id }) => id);
}

/** The digests of all nodes, by id. */
export function digests(report: Report): Record<string, string | null> {
  return Object.fromEntries(report.nodes.map(({ id, digest }) => [id, digest]));
}
