/** @file `verify`: checks everything stored against its digests, and a sample of stages against themselves. */
import { Command, Option } from "@commander-js/extra-typings";
import { exitCode } from "../errors.ts";
import * as execution from "../options/execution.ts";
import { fraction, spellBytes } from "../options/quantities.ts";
import * as request from "../options/request.ts";
import type { Shell } from "../shell.ts";

/** Makes the verb. */
export function verifyVerb(shell: Shell) {
  return new Command("verify")
    .description("Read all stored results again and check their digests; with --recompute, run some of them again")
    .argument("[pipeline]", "whose results to recompute; by default, the pipeline of the last run")
    .addOption(
      new Option("--recompute <fraction>", "run this fraction of branches again and compare").argParser(fraction)
        .default(0),
    )
    .addOption(request.presetOption())
    .addOption(request.setOption())
    .addOption(request.paramsOption())
    .addOption(execution.cacheOption())
    .addOption(execution.dataOption())
    .addOption(execution.jobsOption())
    .addOption(execution.jsonOption())
    .action(async (pipeline, flags) => {
      const asked = pipeline === undefined ? {} : { request: await request.pipelineRequest(pipeline, flags, shell) };
      const executor = await shell.executor();
      const options = execution.runOptions(flags, shell);
      const checks = { recompute: flags.recompute, ...asked };
      const { store, recomputed } = await executor.verify(options, checks);
      const different = recomputed.filter(({ same }) => !same);
      if (flags.json) shell.stdout.write(`${JSON.stringify({ ...store, recomputed }, null, 2)}\n`);
      else {
        for (const { path, reason } of store.damaged) shell.stdout.write(`damaged: ${path}: ${reason}\n`);
        for (const { key, missing } of store.incomplete) {
          shell.stdout.write(
            `incomplete: ${key} lacks ${missing.length} objects; it is made again when it is needed\n`,
          );
        }
        for (const { node, branch, message } of different) {
          shell.stdout.write(`different: ${node}, branch ${branch}: ${message}\n`);
        }
        const sampled = flags.recompute === 0
          ? ""
          : `; ran ${recomputed.length} branches again, ${different.length} differ`;
        shell.stderr.write(
          `Checked ${store.objects} objects (${
            spellBytes(store.bytes)
          }), ${store.records} records, ${store.notes} notes: ` +
            `${store.damaged.length} damaged, ${store.incomplete.length} incomplete${sampled}\n`,
        );
      }
      const sound = store.damaged.length === 0 && store.incomplete.length === 0;
      shell.exitCode = !sound ? exitCode.damaged : different.length > 0 ? exitCode.failed : exitCode.ok;
    });
}
