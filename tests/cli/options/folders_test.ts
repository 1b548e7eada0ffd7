/** @file Where caches and data sets are kept. */
import assert from "node:assert/strict";
import { cacheFolder, dataFolder } from "../../../cli/options/folders.ts";

function environment(variables: Record<string, string>) {
  return (name: string) => variables[name];
}

Deno.test("cacheFolder() prefers the flag, then ENGRAM_CACHE, then .engram", () => {
  assert.equal(cacheFolder("here", environment({ ENGRAM_CACHE: "there" })), "here");
  assert.equal(cacheFolder(undefined, environment({ ENGRAM_CACHE: "there" })), "there");
  assert.equal(cacheFolder(undefined, environment({})), ".engram");
});

Deno.test("dataFolder() prefers the flag, then ENGRAM_DATA, then the user's cache folder", () => {
  assert.equal(dataFolder("here", environment({ ENGRAM_DATA: "there" })), "here");
  assert.equal(dataFolder(undefined, environment({ ENGRAM_DATA: "there" })), "there");
  assert.match(dataFolder(undefined, environment({})), /engram.*data$/);
});
