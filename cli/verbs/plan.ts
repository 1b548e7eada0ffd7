/** @file `plan PIPELINE`: says what `run` would do, node by node, and why. */
import { Command } from "@commander-js/extra-typings";
import type { RunEvent } from "../../executor/report.ts";
import { exitCode } from "../errors.ts";
import * as execution from "../options/execution.ts";
import * as remote from "../options/remote.ts";
import * as request from "../options/request.ts";
import { reportDocument } from "../output/document.ts";
import { painter } from "../output/paint.ts";
import { failure, planSummary } from "../output/summary.ts";
import { logLine } from "../progress/words.ts";
import type { Shell } from "../shell.ts";

/** Makes the verb. */
export function planVerb(shell: Shell) {
  const server = remote.remoteOptions();
  return new Command("plan")
    .description("Say what `run` would do, node by node, and why; execute nothing")
    .argument("<pipeline>", request.pipelineHelp)
    .addOption(request.presetOption())
    .addOption(request.setOption())
    .addOption(request.paramsOption())
    .addOption(request.checkOption())
    .addOption(execution.onlyOption())
    .addOption(execution.forceOption())
    .addOption(execution.cacheOption())
    .addOption(execution.outOption())
    .addOption(execution.dataOption())
    .addOption(execution.deviceOption())
    .addOption(execution.jobsOption())
    .addOption(execution.keepGoingOption())
    .addOption(execution.strictOption())
    .addOption(server.url)
    .addOption(server.readOnly)
    .addOption(server.auth)
    .addOption(server.trust)
    .addOption(server.key)
    .addOption(server.objects)
    .addOption(execution.jsonOption())
    .addOption(execution.quietOption())
    .action(async (pipeline, flags) => {
      const asked = await request.pipelineRequest(pipeline, flags, shell);
      const executor = await shell.executor();
      const { stdout, stderr } = shell;
      const paint = painter(stderr);
      function watch(event: RunEvent): void {
        if (event.kind === "log" && !flags.quiet) stderr.write(logLine(event, paint) + "\n");
      }
      const options = { ...execution.runOptions(flags, shell), remote: remote.readOnlyOf(flags, shell) };
      const report = await executor.plan(asked, options, watch);
      if (flags.json) stdout.write(reportDocument(report));
      else {
        const { planTable } = await import("../output/plan.ts");
        stdout.write(planTable(report, stdout));
      }
      if (report.error) stderr.write(failure(report.error, paint));
      if (!flags.quiet) stderr.write(planSummary(report, paint));
      shell.exitCode = report.error ? exitCode.failed : exitCode.ok;
    });
}
