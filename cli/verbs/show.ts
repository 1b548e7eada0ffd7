/** @file `show PIPELINE NODE`: prints an artifact. */
import { Command, Option } from "@commander-js/extra-typings";
import * as execution from "../options/execution.ts";
import * as remote from "../options/remote.ts";
import * as request from "../options/request.ts";
import { painter } from "../output/paint.ts";
import type { Shell, Shown } from "../shell.ts";
import { documentText } from "../show/document.ts";
import { rowCount, rowsOf } from "../show/rows.ts";

const formats = ["table", "csv", "json"] as const;
const usual = 20;

/** How each format is written; `head` is how many rows are asked for. */
const writers: Readonly<
  Record<(typeof formats)[number], (shown: Shown, head: number | undefined, shell: Shell) => Promise<void>>
> = {
  async table(shown, head, { stdout, stderr }) {
    const document = await documentText(shown);
    if (document !== undefined) return stdout.write(document);
    const [{ tableOf }, { default: cliTruncate }] = await Promise.all([
      import("../show/table.ts"),
      import("cli-truncate"),
    ]);
    const rows = await Array.fromAsync(rowsOf(shown, head ?? usual));
    const lines = tableOf(shown, rows, painter(stdout)).split("\n");
    const { columns } = stdout.size();
    stdout.write(lines.map((line) => stdout.isTerminal ? cliTruncate(line, columns) : line).join("\n"));
    stderr.write(await caption(shown, rows.length));
  },
  async csv(shown, head, { stdout }) {
    const document = await documentText(shown, "csv");
    if (document !== undefined) return stdout.write(document);
    const { csvHeader, csvLine } = await import("../show/csv.ts");
    stdout.write(csvHeader(shown));
    for await (const row of rowsOf(shown, head)) {
      if (stdout.closed) return;
      stdout.write(csvLine(row));
    }
  },
  async json(shown, head, { stdout }) {
    const { jsonRow } = await import("../show/json.ts");
    let before = "[";
    for await (const row of rowsOf(shown, head)) {
      if (stdout.closed) return;
      stdout.write(`${before}\n  ${jsonRow(shown, row)}`);
      before = ",";
    }
    stdout.write(before === "[" ? "[]\n" : "\n]\n");
  },
};

/** Makes the verb. */
export function showVerb(shell: Shell) {
  const server = remote.remoteOptions();
  return new Command("show")
    .description("Print an artifact that a run has made")
    .argument("<pipeline>", request.pipelineHelp)
    .argument("<node>", "id of the node, such as sam/train; `graph` and `plan` list them")
    .addOption(new Option("--format <name>", "how to print it").choices(formats).default("table" as const))
    .addOption(
      new Option("--head <n>", `how many rows (default: ${usual} in a table, all otherwise)`).argParser(
        execution.positiveInteger,
      ),
    )
    .addOption(request.presetOption())
    .addOption(request.setOption())
    .addOption(request.paramsOption())
    .addOption(execution.cacheOption())
    .addOption(server.url)
    .addOption(server.auth)
    .addOption(server.trust)
    .addOption(server.key)
    .action(async (pipeline, node, flags) => {
      const asked = await request.pipelineRequest(pipeline, flags, shell);
      const executor = await shell.executor();
      const options = { ...execution.runOptions(flags, shell), remote: remote.readOnlyOf(flags, shell) };
      const shown = await executor.show(asked, options, node);
      await writers[flags.format](shown, flags.head, shell);
    });
}

/** What the rows are part of: `Scores: 20 of 5,000 rows`. */
async function caption({ type, many, items }: Shown, rows: number): Promise<string> {
  if (many) return `${type.name}: ${rows} rows of ${items.length} items\n`;
  const total = rowCount(type, await items.at(0));
  return `${type.name}: ${rows === total ? rows : `${rows} of ${total.toLocaleString("en-US")}`} rows\n`;
}
