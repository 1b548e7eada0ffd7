/** @file A temporary folder that is gone when a file's tests have ended. */

const made: string[] = [];

/** Makes one. */
export async function temporaryFolder(): Promise<string> {
  const folder = await Deno.makeTempDir();
  made.push(folder);
  return folder;
}

addEventListener("unload", () => {
  for (const folder of made) {
    try {
      Deno.removeSync(folder, { recursive: true });
    } catch {
      // A test removed it, or a process that it left behind still writes there.
    }
  }
});
