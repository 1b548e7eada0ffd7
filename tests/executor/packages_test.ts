/** @file npm packages in code digests: an upgrade reruns exactly the stages that reach the package. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { RequestError } from "../../executor/errors.ts";
import { Packages } from "../../executor/code/packages.ts";

interface Lock {
  specifiers: Record<string, string>;
  npm: Record<string, { integrity: string; dependencies?: string[] }>;
}

const config = { imports: { a: "npm:a@^1", "a/": "npm:/a@^1/", "@s/b": "npm:@s/b@2", "here/": "./lib/" } };
const lock: Lock = {
  specifiers: { "npm:a@^1": "1.2.0", "npm:@s/b@2": "2.0.0" },
  npm: {
    "a@1.2.0": { integrity: "sha512-a", dependencies: ["c"] },
    "@s/b@2.0.0": { integrity: "sha512-b" },
    "c@3.0.0": { integrity: "sha512-c" },
  },
};

async function packages(locked: Lock): Promise<Packages> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify(config));
  await Deno.writeTextFile(join(folder, "deno.lock"), JSON.stringify(locked));
  try {
    return await Packages.above(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("Packages.closure() lists a package with all it depends on, by exact version and integrity", async () => {
  const found = await packages(lock);
  assert.deepEqual(found.closure(found.resolve("a", "file:///x.ts")), { "a@1.2.0": "sha512-a", "c@3.0.0": "sha512-c" });
  assert.deepEqual(found.closure(found.resolve("@s/b", "file:///x.ts")), { "@s/b@2.0.0": "sha512-b" });
  assert.deepEqual(Object.keys(found.closure(found.resolve("a/deep.js", "file:///x.ts"))), ["a@1.2.0", "c@3.0.0"]);
});

Deno.test("Packages.closure() changes with an upgrade of the package or of what it depends on, and with no other", async () => {
  const upgraded = structuredClone(lock);
  delete upgraded.npm["c@3.0.0"];
  upgraded.npm["c@3.0.1"] = { integrity: "sha512-c2" };
  const [before, after] = [await packages(lock), await packages(upgraded)];
  assert.notDeepEqual(before.closure("npm:a@^1"), after.closure("npm:a@^1"));
  assert.deepEqual(before.closure("npm:@s/b@2"), after.closure("npm:@s/b@2"));
});

Deno.test("Packages.closure() refuses a package that the lock file does not list, and says what to do", async () => {
  const found = await packages(lock);
  assert.throws(() => found.closure("npm:unknown@1"), (error: unknown) => {
    return error instanceof RequestError && /"npm:unknown@1".*does not list it; run "deno install"/.test(error.message);
  });
});

Deno.test("Packages.resolve() follows the import map, relative paths and file URLs", async () => {
  const found = await packages(lock);
  assert.equal(found.resolve("./b.ts", "file:///p/a.ts"), "file:///p/b.ts");
  assert.match(found.resolve("here/x.ts", "file:///p/a.ts"), /\/lib\/x\.ts$/);
  assert.equal(found.resolve("node:fs", "file:///p/a.ts"), "node:fs");
});
