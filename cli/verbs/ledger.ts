/**
 * @file `ledger PIPELINE`: what the pipeline's stored results have spent of differential privacy, on which data; and what was
 * ever spent on these data in this store, by other seeds, parameters and pipelines too.
 */
import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { GraphNode } from "../../dsl/mod.ts";
import { RequestError } from "../../executor/errors.ts";
import * as execution from "../options/execution.ts";
import * as request from "../options/request.ts";
import { painter } from "../output/paint.ts";
import type { privacy } from "../../mod.ts";
import { about, alike, DERIVED, everReleased, library, type Looked } from "../releases.ts";
import type { Executor, Shell, Shown } from "../shell.ts";

type AnyEntry = privacy.AnyEntry;
type Spent = privacy.Spent;

/** Releases up to which loss distributions are composed: each that differs takes a transform or two. */
const MOST = 200;

/** Makes the verb. */
export function ledgerVerb(shell: Shell) {
  return new Command("ledger")
    .description("Say what a pipeline's stored results have spent of differential privacy")
    .argument("<pipeline>", request.pipelineHelp)
    .addOption(
      new Option("--delta <p>", "of the epsilons; well below one over the number of people").argParser(probability)
        .default(1e-5),
    )
    .addOption(request.presetOption())
    .addOption(request.setOption())
    .addOption(request.paramsOption())
    .addOption(execution.cacheOption())
    .addOption(execution.jsonOption())
    .action(async (pipeline, flags) => {
      const asked = await request.pipelineRequest(pipeline, flags, shell);
      const options = execution.runOptions(flags, shell);
      const [executor, { privacy }] = await Promise.all([shell.executor(), library()]);
      const { nodes } = await executor.graph(asked);
      const entries: AnyEntry[] = [];
      const missing: string[] = [];
      const names = new Set<string>();
      const byDigest = new Map<string, string>();
      const looked: Looked[] = [];
      const shown = new Map<string, Promise<Shown>>();
      function show(id: string): Promise<Shown> {
        const known = shown.get(id) ?? executor.show(asked, options, id);
        shown.set(id, known);
        return known;
      }
      for (const node of nodes.filter(isPrivate)) {
        const name = dataOf(node, nodes);
        names.add(name);
        try {
          const { type, items } = await show(node.id);
          for (let i = 0; i < items.length; i++) {
            entries.push(...entriesOf(privacy, type.name, await items.at(i) as never, name, i));
          }
        } catch (error) {
          if (!(error instanceof RequestError)) throw error;
          missing.push(node.id);
        }
        const read = await inputDigests(node, show);
        if (node.node.type.name === "Models" && read.data !== undefined) byDigest.set(read.data, name);
        const all = Object.keys(read).length === Object.keys(node.inputs).length;
        // A stage that is told the name of its data says whom it is about; others are known by what they look at.
        if (typeof node.node.params.data !== "string") {
          looked.push({ stage: node.node.stage.name, inputs: Object.values(read), all });
        }
      }
      for (const { data } of entries) names.add(data);
      const now = privacy.merge(entries);
      const found = await stored(executor, options.cache);
      for (const { data } of alike(looked, found)) names.add(data);
      const { entries: ever, shared } = privacy.everMerged([...now, ...await about(names, byDigest, found)]);
      const quick = ever.length > MOST;
      const accountants = (Object.keys(privacy.ACCOUNTANTS) as privacy.AccountantName[]).filter((name) =>
        !quick || name !== "pld"
      );
      const [own, all] = [now, ever].map((list) => privacy.summary(list, flags.delta, accountants));
      const spent = rowsOf(own!, all!);
      if (quick) {
        shell.stderr.write(
          `Loss distributions ("pld") are left out: there are ${ever.length} releases, more than ${MOST}\n`,
        );
      }
      if (missing.length > 0) shell.stderr.write(`Not computed, and not counted: ${missing.join(", ")}\n`);
      if (shared > 0) {
        shell.stderr.write(
          `Warning: ${shared} sources of noise were used by releases that differ: together these hide less\n`,
        );
      }
      if (flags.json) {
        return shell.stdout.write(`${JSON.stringify({ delta: flags.delta, spent, entries: now, ever }, null, 2)}\n`);
      }
      if (spent.length === 0) return shell.stdout.write("No release under differential privacy\n");
      const { align } = await import("../output/align.ts");
      const paint = painter(shell.stdout);
      const header = [
        "DATA",
        "NEIGHBOURS",
        "RELEASES",
        "NOISE",
        "EPSILON",
        "BY",
        "EVER",
        `EPSILON (delta ${flags.delta})`,
      ];
      const rows = spent.map(({ data, relation, releases, noise, epsilons, ever }) => {
        const [accountant, epsilon] = least(epsilons);
        const all = [String(ever.releases), least(ever.epsilons)[1]];
        return [data, relation, String(releases), noise.join(", "), epsilon, accountant, ...all];
      });
      shell.stdout.write(align([header.map((title) => paint("bold", title)), ...rows], new Set([2, 4, 6, 7])));
    });
}

/** What the graph has spent on a data set, and what was ever spent on it in this store. */
function rowsOf(now: readonly Spent[], ever: readonly Spent[]) {
  return ever.map((all) => {
    const nothing = { ...all, releases: 0, epsilons: {}, noise: [] };
    const own = now.find(({ data, relation }) => data === all.data && relation === all.relation) ?? nothing;
    return { ...own, ever: { releases: all.releases, epsilons: all.epsilons } };
  });
}

/** The accountant that says least, and what it says. */
function least(epsilons: Spent["epsilons"]): readonly [string, string] {
  const found = Object.entries(epsilons);
  if (found.length === 0) return ["-", "-"];
  const [name, epsilon] = found.reduce((a, b) => b[1] < a[1] ? b : a);
  return [name, epsilon.toFixed(3)];
}

/** What a node's item says was released. */
function entriesOf(
  privacy: typeof import("../../mod.ts").privacy,
  type: string,
  item: never,
  data: string,
  model: number,
): readonly AnyEntry[] {
  if (type === "Ledger") return privacy.readLedger(item);
  if (type === "Heads") return privacy.entriesOfHeads(item);
  return privacy.entriesOf(item, data, { model, ifNone: "skip" });
}

/** What was ever released in a store; nothing where there is none yet. */
async function stored(executor: Executor, cache: string) {
  try {
    return await everReleased(executor, cache);
  } catch (error) {
    if (error instanceof RequestError) return [];
    throw error;
  }
}

/** Ledgers and heads, and models; but ledgers that are made of others count through them. */
function isPrivate({ node }: GraphNode): boolean {
  return ["Ledger", "Heads", "Models"].includes(node.type.name) && !DERIVED.includes(node.stage.name);
}

/** The name of the data: what a ledger of these models calls it, what the stage was told, or the node's id. */
function dataOf({ id, inputs, node }: GraphNode, nodes: readonly GraphNode[]): string {
  const ledger = nodes.find((next) => next.node.stage.name === "training-ledger" && next.inputs.models === id);
  const { data } = (ledger?.node.params ?? node.params) as { readonly data?: unknown };
  if (typeof data === "string") return data;
  return typeof inputs.data === "string" ? inputs.data : id;
}

/** The digests of a node's inputs, where they are known. */
async function inputDigests(
  { inputs }: GraphNode,
  show: (id: string) => Promise<Shown>,
): Promise<Readonly<Record<string, string>>> {
  const digests: Record<string, string> = {};
  for (const [name, id] of Object.entries(inputs)) {
    if (typeof id !== "string") continue;
    try {
      digests[name] = (await show(id)).digest;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
    }
  }
  return digests;
}

function probability(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value < 1)) throw new InvalidArgumentError("a number above 0 and below 1");
  return value;
}
