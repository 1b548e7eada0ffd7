/** @file Words that no text of the repository may hold. They are put together here, so that this file holds none. */
import type { SourceFile } from "./tree.ts";

/** Hosts of package registries: packages are named in deno.json and fetched by its client, from wherever it is told. */
const HOSTS = [
  ["registry", "npmjs", "org"],
  ["registry", "yarnpkg", "com"],
  ["pypi", "org"],
  ["pythonhosted", "org"],
  ["deb", "debian", "org"],
  ["jsr", "io"],
].map((parts) => parts.join("."));

/** Folders of one machine. */
const FOLDERS = ["work", "root", "tmp/brief"].map((name) => `/${name}/`);

/** The forbidden words of a text, with their lines. */
export function forbiddenWords({ path, text }: SourceFile): string[] {
  return text.split("\n").flatMap((line, i) =>
    [
      ...HOSTS.filter((host) => line.includes(host)).map((host) => `names the host "${host}"`),
      // A path from the root starts a word: "framework/root/" is none.
      ...FOLDERS.filter((folder) => new RegExp(`(^|[^\\w.*/-])${folder}`).test(line)).map((folder) =>
        `names "${folder}"`
      ),
    ].map((reason) => `${path}:${i + 1} ${reason}`)
  );
}
