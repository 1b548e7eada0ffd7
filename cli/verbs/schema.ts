/** @file `schema [FILE]`: writes the JSON schema of YAML pipelines, for editors. */
import { Command } from "@commander-js/extra-typings";
import { messageOf, UsageError } from "../errors.ts";
import type { Shell } from "../shell.ts";

/** Makes the verb. */
export function schemaVerb(shell: Shell) {
  return new Command("schema")
    .description("Write the JSON schema of YAML pipelines, for completion in an editor")
    .argument("[file]", 'where to; "-" is standard output', "engram.schema.json")
    .action(async (file) => {
      const { pipelineSchema, stageLibrary } = await import("../../dsl/yaml/mod.ts");
      const library: Record<string, unknown> = await import(shell.library);
      const text = JSON.stringify(pipelineSchema(stageLibrary(library)), null, 2) + "\n";
      if (file === "-") return shell.stdout.write(text);
      try {
        await Deno.writeTextFile(file, text);
      } catch (error) {
        throw new UsageError(`Cannot write the schema to "${file}": ${messageOf(error)}`);
      }
      shell.stderr.write(
        `Wrote ${file}: put "# yaml-language-server: $schema=${file}" on a YAML pipeline's first line\n`,
      );
    });
}
