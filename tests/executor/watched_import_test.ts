/** @file Loading a module leaves nothing behind in the thread that loaded it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { importWatched } from "../../executor/guard/mod.ts";
import { currentScope } from "../../executor/guard/scope.ts";

Deno.test("importWatched() loads a module, whose code is watched", async () => {
  const directory = await Deno.makeTempDir();
  const path = join(directory, "one.ts");
  const scope = new URL("../../executor/guard/scope.ts", import.meta.url).href;
  await Deno.writeTextFile(path, `import { currentScope } from "${scope}"; export const who = currentScope()?.who;`);
  const { who } = await importWatched(pathToFileURL(path).href) as { who: string };
  assert.equal(who, `Loading "${path}"`);
  await Deno.remove(directory, { recursive: true });
});

// A test of its own: it is called from the event loop, as whatever comes next is.
Deno.test("importWatched() leaves the event loop outside of what it loaded", async () => {
  assert.equal(currentScope(), undefined);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(currentScope(), undefined);
});
