/** @file `run PIPELINE`: runs a pipeline, reusing what is cached, and prints its tables. */
import { Command } from "@commander-js/extra-typings";
import type { NodeReport, Report, RunEvent } from "../../executor/report.ts";
import { exitCode, UnfinishedRun } from "../errors.ts";
import * as execution from "../options/execution.ts";
import * as launch from "../options/launch.ts";
import * as remote from "../options/remote.ts";
import * as request from "../options/request.ts";
import { reportDocument } from "../output/document.ts";
import { tablesOf } from "../output/files.ts";
import { painter } from "../output/paint.ts";
import { failure, summary } from "../output/summary.ts";
import { type Reporter, reporterFor } from "../progress/reporter.ts";
import type { Shell } from "../shell.ts";

/** Makes the verb. */
export function runVerb(shell: Shell) {
  const site = launch.siteOptions();
  const server = remote.remoteOptions();
  return new Command("run")
    .description("Run a pipeline, reusing what is cached, and print its tables")
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
    .addOption(launch.launcherOption())
    .addOption(launch.workersOption())
    .addOption(launch.profileOption())
    .addOption(site.partition)
    .addOption(site.account)
    .addOption(site.gres)
    .addOption(site.time)
    .addOption(site.module)
    .addOption(site.scratch)
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
      const launching = await launch.launchOptions(flags, shell);
      const executor = await shell.executor();
      const reporter = await reporterFor(shell, flags.quiet ?? false);
      const { signal, release } = interruptible(shell, reporter);
      const [started, ended]: [number, NodeReport[]] = [shell.now(), []];
      function watch(event: RunEvent): void {
        if (event.kind === "end") ended.push(event.node);
        reporter.event(event);
      }
      let report: Report;
      try {
        const options = { ...execution.runOptions(flags, shell, signal), remote: remote.remoteOf(flags, shell) };
        const devices = execution.deviceOptions(options.cache, shell);
        report = launching === undefined
          ? await executor.run(asked, { ...options, devices }, watch)
          : await executor.runAcross(asked, options, launching, watch);
      } catch (error) {
        throw new UnfinishedRun(error, ended, (shell.now() - started) / 1000);
      } finally {
        release();
        reporter.close();
      }
      const paint = painter(shell.stderr);
      if (report.error) shell.stderr.write(failure(report.error, paint));
      if (!flags.quiet) shell.stderr.write(summary(report, paint));
      shell.stdout.write(flags.json ? reportDocument(report) : await tablesOf(report));
      shell.exitCode = report.error || report.counts.failed > 0 ? exitCode.failed : exitCode.ok;
    });
}

/** The first interrupt asks the run to stop; the second does not ask. */
function interruptible(shell: Shell, reporter: Reporter): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const release = shell.onInterrupt(() => {
    if (controller.signal.aborted) {
      reporter.close();
      return shell.exit(exitCode.interrupted);
    }
    reporter.say("Stopping: finished work is kept; interrupt again to stop at once");
    controller.abort();
  });
  return { signal: controller.signal, release };
}
