/** @file `explain PIPELINE NODE`: why a node is cached or not, down to the leaf that changed. */
import { Command } from "@commander-js/extra-typings";
import * as execution from "../options/execution.ts";
import * as request from "../options/request.ts";
import { explanationText } from "../output/explanation.ts";
import { painter } from "../output/paint.ts";
import type { Shell } from "../shell.ts";

/** Makes the verb. */
export function explainVerb(shell: Shell) {
  return new Command("explain")
    .description("Say why a node is cached or not: the parameter, function, package or input that changed")
    .argument("<pipeline>", request.pipelineHelp)
    .argument("<node>", "id of the node, such as sam/train; `graph` and `plan` list them")
    .addOption(request.presetOption())
    .addOption(request.setOption())
    .addOption(request.paramsOption())
    .addOption(execution.cacheOption())
    .addOption(execution.jsonOption())
    .action(async (pipeline, node, flags) => {
      const asked = await request.pipelineRequest(pipeline, flags, shell);
      const executor = await shell.executor();
      const explanation = await executor.explain(asked, execution.runOptions(flags, shell), node);
      const text = flags.json
        ? `${JSON.stringify(explanation, null, 2)}\n`
        : explanationText(explanation, painter(shell.stdout));
      shell.stdout.write(text);
    });
}
