/** @file What the cache imports, and when. */
import assert from "node:assert/strict";

const CACHE = new URL("../../cache/", import.meta.url);

/** Imports of a module that are loaded with it; dynamic and type-only ones are not. */
async function staticImports(module: URL): Promise<readonly string[]> {
  const text = await Deno.readTextFile(module);
  return [...text.matchAll(/^(?:import|export)(?! type)[^;]*? from "([^"]+)";/gm)].map((match) => match[1]!);
}

Deno.test("Importing cache/mod.ts does not load apache-arrow", async () => {
  const loaded = new Set<string>([new URL("mod.ts", CACHE).href]);
  const packages = new Set<string>();
  for (const module of loaded) {
    for (const specifier of await staticImports(new URL(module))) {
      if (specifier.startsWith(".")) loaded.add(new URL(specifier, module).href);
      else packages.add(specifier);
    }
  }
  assert.ok(loaded.size > 10, `only ${loaded.size} modules were found`);
  assert.deepEqual([...packages].filter((name) => !name.startsWith("node:")), []);
});

Deno.test("cache imports node: built-ins, apache-arrow and protobufjs only, and remote/ from nowhere", async () => {
  for (
    const [folder, allowed] of [
      ["", /^(\.\/[a-z_]+\.ts|node:[a-z/]+|apache-arrow)$/],
      ["remote/", /^(\.\.?\/[a-z_]+\.ts|node:[a-z/]+|protobufjs\/light\.js)$/],
    ] as const
  ) {
    for await (const { name, isFile } of Deno.readDir(new URL(folder, CACHE))) {
      if (!isFile) continue;
      const text = await Deno.readTextFile(new URL(folder + name, CACHE));
      const code = text.replaceAll(/^ *\*.*$/gm, "");
      for (const [, specifier] of code.matchAll(/(?: from |import\()"([^"]+)"/g)) {
        assert.match(specifier!, allowed, `${folder}${name} imports "${specifier}"`);
      }
    }
  }
});
