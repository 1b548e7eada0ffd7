/** @file `worker`: one worker of a pool, as launchers start it; by hand, on any machine that sees the store. */
import { Command, Option } from "@commander-js/extra-typings";
import type { CrewKind } from "../../executor/cluster/folder.ts";
import { UnfinishedRun } from "../errors.ts";
import * as execution from "../options/execution.ts";
import { seconds } from "../options/quantities.ts";
import { reporterFor } from "../progress/reporter.ts";
import type { Shell } from "../shell.ts";

/** Seconds that a branch may take on after an interrupt (schedulers kill half a minute after it) or after a notice. */
const GRACE = { interrupt: 10, notice: 60 };

/** Makes the verb. */
export function workerVerb(shell: Shell) {
  return new Command("worker")
    .description("Work for a pool that run --launcher began: take branches until none are left")
    .addOption(new Option("--pool <id>", "the pool, as run --launcher names it").makeOptionMandatory())
    .addOption(
      new Option("--crew <kind>", "which branches to take").choices(["any", "gpu", "cpu"] as const).default(
        "any" as const,
      ),
    )
    .addOption(
      new Option("--idle <duration>", "end when there was nothing to take for so long (default: 10m)").argParser(
        seconds,
      ),
    )
    .addOption(
      new Option(
        "--grace <duration>",
        "what is being computed may take on for so long when the time is nearly up (default: 60s)",
      )
        .argParser(seconds),
    )
    .addOption(
      new Option("--leave-after <duration>", "take nothing more after so long, as before a time limit").argParser(
        seconds,
      ),
    )
    .addOption(execution.cacheOption())
    .addOption(execution.dataOption())
    .addOption(execution.deviceOption())
    .addOption(execution.jobsOption())
    .addOption(execution.quietOption())
    .action(async (flags) => {
      const executor = await shell.executor();
      const reporter = await reporterFor(shell, flags.quiet ?? false);
      const { cache } = execution.runOptions(flags, shell);
      const leave = new AbortController();
      const notice = flags.grace ?? GRACE.notice;
      const releases = [
        shell.onInterrupt(() => {
          if (leave.signal.aborted) return; // a scheduler that means it sends what cannot be caught
          reporter.say("Stopping: what is being computed is finished or saved");
          leave.abort(Math.min(notice, GRACE.interrupt));
        }),
        shell.onNotice(() => {
          reporter.say("The time is nearly up: what is being computed is finished or saved");
          leave.abort(notice);
        }),
      ];
      const timer = flags.leaveAfter && setTimeout(() => leave.abort(notice), 1000 * flags.leaveAfter);
      const started = shell.now();
      try {
        const asked = {
          crew: flags.crew as CrewKind,
          jobs: flags.jobs,
          cores: coresGiven(shell.env),
          device: flags.device,
          data: flags.data,
          devices: execution.deviceOptions(cache, shell),
          idleSeconds: flags.idle,
          job: jobName(shell.env),
          leave: leave.signal,
        };
        const { why, ran, failed } = await executor.work(cache, flags.pool, asked, (event) => reporter.event(event));
        const words = {
          drained: "nothing is left to take",
          idle: "others are at what is left",
          left: "it was told to",
        };
        reporter.say(`Ended, as ${words[why]}: ran ${ran}${failed > 0 ? `, failed ${failed}` : ""}`);
      } catch (error) {
        throw new UnfinishedRun(error, [], (shell.now() - started) / 1000);
      } finally {
        clearTimeout(timer);
        releases.forEach((release) => release());
        reporter.close();
      }
    });
}

/** The cores that Slurm gave: it may not keep a process from seeing all of them. */
function coresGiven(env: Shell["env"]): number | undefined {
  const cores = Number(env("SLURM_CPUS_PER_TASK") ?? env("SLURM_CPUS_ON_NODE"));
  return cores > 0 ? cores : undefined;
}

/** What Slurm calls this process: the array and the task, which life of it, and where. */
function jobName(env: Shell["env"]): string {
  const job = env("SLURM_ARRAY_JOB_ID");
  if (job === undefined) return "";
  const life = env("SLURM_RESTART_COUNT");
  return `${job}_${env("SLURM_ARRAY_TASK_ID")}${life ? ` life ${Number(life) + 1}` : ""} on ${env("SLURMD_NODENAME")}`;
}
