/**
 * @file Facts that no stage can know, such as what a result took, written into documents that leave places for them:
 * comments `<!--engram:fact {…}-->` in HTML. Stored documents have the places, files the facts.
 */
import type { Store } from "../cache/mod.ts";
import { dependencies, type Graph, type GraphNode, isRecord } from "../dsl/mod.ts";
import type { Prepared, Result } from "./prepare.ts";
import { costText, dayText, escapeHtml, timeText } from "./facts_text.ts";

/** What a place asks for; `of` names inputs of the document's node: those of that name, or whose names begin with it. */
interface Asked {
  readonly fact: string;
  readonly of?: string;
  readonly type?: string;
  readonly perHour?: number;
  readonly currency?: string;
}

/** A node whose result is there, as its record tells. */
interface Made {
  readonly id: string;
  readonly stage: string;
  readonly type: string;
  readonly digest: string;
  readonly items: readonly string[];
  readonly seconds: number;
  readonly when: string;
  readonly device: string;
}

/** What is known of a run when its documents are written. */
export interface Background {
  readonly graph: Graph;
  readonly results: ReadonlyMap<string, Result>;
  readonly prepared: ReadonlyMap<string, Prepared>;
  readonly store: Store;
  /** The command that makes the document. */
  readonly command: string;
}

const PLACE = /<!--engram:fact (\{.*?\})-->/g;

/** Fills the places in the document that node `id` made. A fact that is not known, or not understood, is a dash. */
export async function fillFacts(content: string, id: string, background: Background): Promise<string> {
  const places = [...content.matchAll(PLACE)];
  if (places.length === 0) return content;
  const nodes = new Map(background.graph.nodes.map((node) => [node.id, node]));
  const made = new Map<string, Made>();
  for (const upstream of behind([id], nodes)) {
    const known = await madeBy(nodes.get(upstream)!, background);
    if (known !== undefined) made.set(upstream, known);
  }
  const texts = new Map<string, string>();
  for (const [place, json] of places) {
    if (texts.has(place)) continue;
    const asked = JSON.parse(json!) as Asked;
    const wired = asked.of === undefined ? [id] : wiredAs(nodes.get(id)!, asked.of);
    const own = [...behind(wired, nodes)].flatMap((one) => made.get(one) ?? []);
    texts.set(place, own.length === 0 ? "–" : answer(asked, own, wired.map((one) => made.get(one)), background) ?? "–");
  }
  return content.replaceAll(PLACE, (place) => texts.get(place)!);
}

/** The ids of nodes and of all that they were made of, in the order of the graph. */
function behind(ids: readonly string[], nodes: ReadonlyMap<string, GraphNode>): Set<string> {
  const found = new Set(ids);
  // Nodes stand after what they depend on.
  for (const node of [...nodes.values()].reverse()) {
    if (found.has(node.id)) { for (const one of dependencies(node)) found.add(one); }
  }
  return new Set([...nodes.keys()].filter((id) => found.has(id)));
}

/** The nodes wired to any input under a name, or under names that begin with it and a slash. */
function wiredAs({ inputs }: GraphNode, name: string): string[] {
  return Object.entries(inputs).flatMap(([input, wire]) => {
    if (typeof wire === "string") return input === name ? [wire] : [];
    return Object.entries(wire).filter(([key]) => key === name || key.startsWith(`${name}/`)).map(([, id]) => id);
  });
}

async function madeBy({ id, node }: GraphNode, { results, prepared, store }: Background): Promise<Made | undefined> {
  const [result, key] = [results.get(id), prepared.get(id)?.key];
  const record = key === undefined ? undefined : await store.readRecord(key);
  if (result === undefined || record === undefined) return undefined;
  const { environment, when, cost: { seconds } } = record;
  const device = isRecord(environment) && typeof environment.device === "string" ? environment.device : "";
  const items = result.items.map(({ digest }) => digest);
  return { id, stage: node.stage.name, type: node.type.name, digest: result.digest, items, seconds, when, device };
}

/** The fact about `made`; `wired` are the nodes that `of` names. */
function answer(
  { fact, type, perHour, currency }: Asked,
  made: readonly Made[],
  wired: readonly (Made | undefined)[],
  { command }: Background,
): string | undefined {
  const seconds = made.reduce((sum, one) => sum + one.seconds, 0);
  switch (fact) {
    case "count":
      return String(new Set(made.filter((one) => one.type === type).flatMap(({ items }) => items)).size);
    case "time":
      return timeText(seconds);
    case "cost":
      return perHour === undefined || currency === undefined
        ? undefined
        : escapeHtml(costText(seconds / 3600 * perHour, currency));
    case "nodes":
      return String(made.length);
    case "devices":
      return escapeHtml(
        [...new Set(made.map(({ device }) => device))].filter((device) => device !== "").sort().join(", "),
      );
    case "days":
      return dayText(made.map(({ when }) => when));
    case "digest":
    case "result":
      return wired[0]?.digest.slice(0, 12);
    case "command":
      return escapeHtml(command);
    case "rows":
      return made.map(row).join("");
    default:
      return undefined;
  }
}

function row({ id, stage, items, seconds, when, device, digest }: Made): string {
  const cells = [stage, String(items.length), seconds.toFixed(seconds < 10 ? 2 : 0), when.slice(0, 19), device];
  const texts = [
    ...cells.map(escapeHtml).map((text) => `<td>${text}</td>`),
    `<td><code>${digest.slice(0, 12)}</code></td>`,
  ];
  return `<tr><th scope="row">${escapeHtml(id)}</th>${texts.join("")}</tr>`;
}
