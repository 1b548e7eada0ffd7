/** @file Flags and environment variables of a remote cache. */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { readOnlyOf, remoteOf } from "../../../cli/options/remote.ts";

function shellOf(variables: Readonly<Record<string, string>>) {
  return { env: (name: string) => variables[name] };
}

Deno.test("remoteOf() names no server by itself, and refuses flags that speak of none", () => {
  assert.equal(remoteOf({}, shellOf({})), undefined);
  assert.throws(
    () => remoteOf({ remoteReadOnly: true }, shellOf({})),
    /Cannot use --remote-read-only without a server/,
  );
  assert.throws(() => remoteOf({ remoteKey: ["a"] }, shellOf({})), /--remote-key without a server/);
});

Deno.test("remoteOf() takes the environment's settings where no flag says otherwise, with absolute paths", () => {
  const environment = shellOf({
    ENGRAM_REMOTE: "https://a.example",
    ENGRAM_REMOTE_AUTH: "token",
    ENGRAM_REMOTE_KEY: "ci.pub, lab.pub",
    ENGRAM_REMOTE_READ_ONLY: "1",
    ENGRAM_REMOTE_TRUST: "own",
  });
  const { ownKeyFile, ...rest } = remoteOf({}, environment)!;
  assert.match(ownKeyFile!, /engram.*remote-key\.pem$/);
  assert.deepEqual(rest, {
    url: "https://a.example",
    readOnly: true,
    authFile: resolve("token"),
    trust: "own",
    keyFiles: [resolve("ci.pub"), resolve("lab.pub")],
    objects: undefined,
  });
  const flags = { remote: "https://b.example", remoteTrust: "all", remoteKey: ["/k"], remoteObjects: "all" } as const;
  const flagged = remoteOf(flags, environment)!;
  assert.deepEqual([flagged.url, flagged.trust, flagged.keyFiles, flagged.objects], [
    "https://b.example",
    "all",
    [resolve("/k")],
    "all",
  ]);
});

Deno.test("remoteOf() refuses an ENGRAM_REMOTE_TRUST that it does not know", () => {
  const environment = shellOf({ ENGRAM_REMOTE: "https://a.example", ENGRAM_REMOTE_TRUST: "singed" });
  assert.throws(() => remoteOf({}, environment), /Cannot use ENGRAM_REMOTE_TRUST "singed": did you mean "signed"/);
});

Deno.test("readOnlyOf() sends nothing", () => {
  assert.equal(readOnlyOf({ remote: "https://a.example" }, shellOf({}))!.readOnly, true);
});
