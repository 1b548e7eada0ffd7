/**
 * @file Stands in for the npm client in npm_test.ts. Arguments: what to do (`ok`, `fail`, `hang`), a tarball, then
 * npm's own arguments.
 */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [what, tarball, ...args] = Deno.args;

function option(name: string): string {
  return args[args.indexOf(name) + 1]!;
}

if (what === "fail") {
  console.error("npm error code ENOTFOUND\nnpm error network getaddrinfo ENOTFOUND\nnpm error A complete log is in x");
  Deno.exit(1);
}
if (args[0] !== "pack" || !args.includes("--ignore-scripts")) Deno.exit(2);
mkdirSync(join(option("--cache"), "tmp"), { recursive: true });
writeFileSync(join(option("--cache"), "tmp", "half"), new Uint8Array(1000));
if (what === "hang") {
  writeFileSync(join(option("--cache"), "pid"), String(Deno.pid));
  await new Promise((resolve) => setTimeout(resolve, 60_000));
}
copyFileSync(tarball!, join(option("--pack-destination"), "package-1.0.0.tgz"));
