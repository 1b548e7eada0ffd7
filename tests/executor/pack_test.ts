/** @file A packed folder: it runs where there is no network, from packages of its own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { pack, RequestError } from "../../executor/mod.ts";
import { engram, repository } from "./cluster/_support.ts";
import { tally, withFolder } from "./_stress.ts";

const program = pathToFileURL(join(repository, "cli/main.ts")).href;

Deno.test("pack() makes a folder that runs its pipeline with nothing but what is in it, workers included", () =>
  withFolder(async (folder) => {
    const packed = join(folder, "packed");
    const made = await engram(["pack", tally, "--out", packed]).ended;
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /^Packed \d+ packages, \d+ files, .* MB into/);
    assert.deepEqual([...Deno.readDirSync(packed)].map(({ name }) => name).sort(), [
      "bin",
      "deno",
      "engram",
      "project",
    ]);
    // Nobody's home and no cache but the folder's; a network that leads nowhere.
    const env = {
      HOME: join(folder, "home"),
      TMPDIR: folder,
      ENGRAM_SCRATCH: join(folder, "scratch"),
      PATH: Deno.env.get("PATH")!,
    };
    const proxy = { HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" };
    const folders = ["--cache", join(folder, "cache"), "--out", join(folder, "out"), "--data", join(folder, "data")];
    const fixture = join(packed, "project", tally.slice(repository.length));
    const { success, stdout, stderr } = await new Deno.Command(join(packed, "engram"), {
      args: ["run", fixture, "--no-check", "--launcher", "local", "--workers", "1", ...folders],
      clearEnv: true,
      env: { ...env, ...proxy },
      cwd: folder,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const said = new TextDecoder().decode(stderr);
    assert.ok(success, said);
    assert.equal(new TextDecoder().decode(stdout), "");
    assert.match(await Deno.readTextFile(join(folder, "out/tally.txt")), /^4 parts, 12$/m);
    assert.ok([...Deno.readDirSync(join(packed, "deno"))].every(({ name }) => name === "npm"), "it is only read");
  }));

Deno.test("pack() refuses a pipeline outside of the project, one that is not there, and a folder that holds something", () =>
  withFolder(async (folder) => {
    const request = (pipeline: string) => pack({ pipeline }, join(folder, "packed"), program);
    await assert.rejects(request(join(folder, "mine.ts")), /outside of the project .*; move it to/);
    await assert.rejects(request(join(repository, "pipelines/nothing.ts")), RequestError);
    await Deno.writeTextFile(join(folder, "something"), "");
    await assert.rejects(pack({ pipeline: tally }, folder, program), /it is not empty; name a new folder with --out/);
  }));
