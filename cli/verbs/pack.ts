/** @file `pack PIPELINE`: a folder that runs it where there is no internet. */
import { Command, Option } from "@commander-js/extra-typings";
import * as request from "../options/request.ts";
import { spellBytes } from "../options/quantities.ts";
import type { Shell } from "../shell.ts";

/** Makes the verb. */
export function packVerb(shell: Shell) {
  return new Command("pack")
    .description("Make a folder that runs a pipeline where there is no internet: program, deno, packages")
    .argument("<pipeline>", request.pipelineHelp)
    .addOption(new Option("--out <dir>", "the folder to make").default("engram-packed"))
    .action(async (pipeline, flags) => {
      const executor = await shell.executor();
      const { folder, files, bytes, packages, others } = await executor.pack({ pipeline }, flags.out, shell.program);
      shell.stdout.write(
        `Packed ${packages} packages, ${files} files, ${spellBytes(bytes)} into "${folder}"` +
          `${others.length > 0 ? ` (${others.length} packages are for other systems)` : ""}\n` +
          `Copy it, then run in it: ./engram run project/… (data sets go with --data)\n`,
      );
    });
}
