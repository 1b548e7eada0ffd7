/** @file `workers PIPELINE`: who is at work on a pipeline, on what, how fast, and what failed; `--cancel` ends them. */
import { Command, Option } from "@commander-js/extra-typings";
import * as execution from "../options/execution.ts";
import * as request from "../options/request.ts";
import { describePools } from "../output/workers.ts";
import { painter } from "../output/paint.ts";
import type { Shell } from "../shell.ts";

/** Makes the verb. */
export function workersVerb(shell: Shell) {
  return new Command("workers")
    .description("Say who works on a pipeline: pools, who computes which branch, throughput, failures")
    .argument("<pipeline>", request.pipelineHelp)
    .addOption(new Option("--cancel", "end them; what they finished is kept"))
    .addOption(new Option("--all", "also pools whose workers have all ended"))
    .addOption(execution.cacheOption())
    .addOption(execution.jsonOption())
    .action(async (pipeline, flags) => {
      const executor = await shell.executor();
      const { cache } = execution.runOptions(flags, shell);
      const pools = flags.cancel
        ? await executor.cancelWorkers(cache, pipeline)
        : await executor.poolsAtWork(cache, pipeline, flags.all ?? false);
      if (flags.json) return shell.stdout.write(`${JSON.stringify(pools, null, 2)}\n`);
      if (flags.cancel) {
        const ended = pools.map(({ id, folder }) => `Ended the workers of pool ${id}; their logs are in "${folder}"\n`);
        return shell.stdout.write(ended.join("") || "Nobody works on this pipeline\n");
      }
      shell.stdout.write(await describePools(pools, painter(shell.stdout)));
    });
}
