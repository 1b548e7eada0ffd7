/** @file `gc`: frees space, without breaking what kept runs need. */
import { Command, Option } from "@commander-js/extra-typings";
import * as execution from "../options/execution.ts";
import { bytes, seconds, spellBytes } from "../options/quantities.ts";
import { everReleased } from "../releases.ts";
import type { Shell } from "../shell.ts";

/** Makes the verb. */
export function gcVerb(shell: Shell) {
  return new Command("gc")
    .description("Free space: remove results, the cheapest to compute again for their size first")
    .addOption(
      new Option("--keep-last <n>", "keep what the last runs need; alone, remove all else").argParser(
        execution.positiveInteger,
      ),
    )
    .addOption(new Option("--max-bytes <size>", "remove until the store is this small, such as 200G").argParser(bytes))
    .addOption(new Option("--max-age <age>", "remove what is older, such as 30d").argParser(seconds))
    .addOption(
      new Option("--grace <age>", "keep whatever is younger").argParser(seconds).default(3600, "1h"),
    )
    .option("--dry-run", "only say what would be removed")
    .addOption(execution.cacheOption())
    .addOption(execution.jsonOption())
    .action(async ({ cache: folder, json, ...limits }) => {
      const executor = await shell.executor();
      const { cache } = execution.runOptions({ cache: folder }, shell);
      // What releases have cost outlives them.
      if (!limits.dryRun) await everReleased(executor, cache);
      const report = await executor.gc(cache, limits);
      if (json) return shell.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      const { removed, kept, before, dryRun } = report;
      if (removed.results.length > 0) {
        const { align } = await import("../output/align.ts");
        const header = ["TYPE", "SIZE", "SECONDS", "MADE", "REASON"];
        const rows = removed.results.map((result) => [
          result.type,
          spellBytes(result.bytes),
          result.seconds.toFixed(1),
          result.when.slice(0, 16).replace("T", " "),
          result.reason,
        ]);
        shell.stdout.write(align([header, ...rows], new Set([1, 2])));
      }
      const reasons = Object.entries(kept).filter(([, { records, objects }]) => records + objects > 0);
      const why = reasons.map(([reason, { records, bytes }]) => `${records} ${reason} (${spellBytes(bytes)})`);
      shell.stderr.write(
        `${dryRun ? "Would remove" : "Removed"} ${removed.records} of ${before.records} results, ` +
          `${spellBytes(removed.bytes + removed.leftoverBytes)} of ${spellBytes(before.bytes)}` +
          `${why.length > 0 ? `; kept: ${why.join(", ")}` : ""}\n`,
      );
    });
}
