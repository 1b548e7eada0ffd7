/** @file `engine export PIPELINE [NODE]`: writes the programs that stages run as ONNX files. */
import { Command } from "@commander-js/extra-typings";
import type { ProgramSummary } from "../../engine/onnx/summary.ts";
import * as execution from "../options/execution.ts";
import { spellBytes } from "../options/quantities.ts";
import * as request from "../options/request.ts";
import type { Shell } from "../shell.ts";

/** Makes the verb. */
export function engineVerb(shell: Shell) {
  return new Command("engine").description("Look into the compiled engine").addCommand(exportVerb(shell));
}

function exportVerb(shell: Shell) {
  return new Command("export")
    .description("Write the programs that a stage runs as ONNX files, and say what they hold")
    .argument("<pipeline>", request.pipelineHelp)
    .argument("[node]", "glob over node ids, such as 'sam/train' (default: all that compile programs)")
    .option("--no-portable", "with the operators that onnxruntime adds to ONNX, as the device runs it")
    .addOption(request.presetOption())
    .addOption(request.setOption())
    .addOption(request.paramsOption())
    .addOption(execution.cacheOption())
    .addOption(execution.outOption())
    .addOption(execution.dataOption())
    .addOption(execution.deviceOption())
    .addOption(execution.jsonOption())
    .action(async (pipeline, only, flags) => {
      const asked = await request.pipelineRequest(pipeline, flags, shell);
      const executor = await shell.executor();
      const options = execution.runOptions(flags, shell);
      const programs = await executor.exportPrograms(asked, options, { only, portable: flags.portable });
      const { summarize } = await import("../../engine/onnx/summary.ts");
      const { writePrograms } = await import("../output/programs.ts");
      const files = await writePrograms(programs, options.out, pipeline);
      const told = programs.map(({ node, name, bytes }, i) => ({
        ...{ node, name, file: files[i]!, bytes: bytes.length },
        ...summarize(bytes),
      }));
      if (flags.json) return shell.stdout.write(`${JSON.stringify({ programs: told }, null, 2)}\n`);
      for (const program of told) shell.stdout.write(textOf(program));
      if (told.length === 0) {
        shell.stderr.write("No program: nothing that compiles any has its inputs yet; run the pipeline\n");
      }
    });
}

function textOf(
  { node, name, file, bytes, inputs, outputs, operators, parameters }: ProgramSummary & {
    readonly node: string;
    readonly name: string;
    readonly file: string;
    readonly bytes: number;
  },
): string {
  const ports = (list: ProgramSummary["inputs"]) =>
    list.map((port) => `    ${port.name}: ${port.dtype}[${port.shape.join(", ")}]\n`).join("");
  const counts = Object.entries(operators).map(([operator, times]) => `${operator} ${times}`);
  return `${file} (${spellBytes(bytes)}): "${node}", ${name}\n` +
    `  parameters: ${parameters.toLocaleString("en-US")}\n  inputs:\n${ports(inputs)}  outputs:\n${ports(outputs)}` +
    `  operators: ${counts.join(", ")}\n`;
}
