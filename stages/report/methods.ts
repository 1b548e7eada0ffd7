/** @file Methods from a graph: what every stage does, what it is set to, and where uses of it differ. */
import { dependencies, type Graph, type GraphNode, type Node } from "../../dsl/mod.ts";
import type { Methods, Step } from "./html/params.ts";
import { meaningsIn, settingsOf } from "./settings.ts";

/** Subsections by what a step makes, in the order in which data flows; what makes documents is no method. */
const TITLES: Readonly<Record<string, string | null>> = {
  Dataset: "Data",
  Masks: "Which examples each model is trained on",
  Models: "Models and their training",
  Trained: "Models and their training",
  Predictions: "Predictions",
  AttackScores: "Attacks",
  Robustness: "Attacks",
  Influence: "Scores of examples",
  Scores: "Scores of examples",
  Buckets: "Scores of examples",
  Strata: "Scores of examples",
  Sharpness: "Sharpness",
  Metrics: "Statistics",
  Comparisons: "Statistics",
  Findings: "Statistics",
  Table: null,
  Figure: null,
  Document: null,
};
const OTHER = "Other steps";

/** How everything in a graph was computed: the same for the same graph. */
export function methodsIn(graph: Graph): Methods {
  const { nodes } = graph;
  const users = usersIn(graph);
  const told = nodes.filter(({ node }) => titleOf(node) !== null);
  const titles = [...new Set([...Object.values(TITLES), OTHER])].filter((title) => title !== null);
  return titles.map((title) => {
    const own = told.filter(({ node }) => titleOf(node) === title);
    const byStage = Map.groupBy(own, ({ node }) => node.stage);
    return { title, steps: [...byStage.values()].map((uses) => stepOf(uses, users)) };
  }).filter(({ steps }) => steps.length > 0);
}

function titleOf({ type: { name } }: Node): string | null {
  return Object.hasOwn(TITLES, name) ? TITLES[name]! : OTHER;
}

/** All uses of one stage: what is set alike in all of them, and a row for each combination of what is not. */
function stepOf(uses: readonly GraphNode[], users: Users): Step {
  const { stage } = uses[0]!.node;
  const meanings = meaningsIn(stage.params);
  const settings = uses.map(({ node }) => settingsOf(node.params));
  const names = [...new Set(settings.flatMap((one) => [...one.keys()]))];
  const isCommon = (name: string) => settings.every((one) => one.get(name) === settings[0]!.get(name));
  const differing = names.filter((name) => !isCommon(name));
  const meaning = (name: string) => meanings(name, uses.map(({ node }) => node.params));
  const variants = Map.groupBy(
    uses.keys(),
    (i) => JSON.stringify(differing.map((name) => settings[i]!.get(name) ?? "–")),
  );
  return {
    stage: stage.name,
    doc: stage.doc,
    uses: uses.length,
    studies: [...users].filter(([, ids]) => uses.some(({ id }) => ids.has(id))).map(([study]) => study),
    common: names.filter(isCommon).map((name) => ({ name, value: settings[0]!.get(name)!, meaning: meaning(name) })),
    differing: differing.map((name) => ({ name, meaning: meaning(name) })),
    variants: differing.length === 0 ? [] : [...variants].map(([values, members]) => ({
      names: members.map((i) => placeOf(uses[i]!)),
      values: JSON.parse(values) as string[],
    })),
  };
}

/** Where a step stands, by the branches that lead to it: `sam`, `sharpness/rho 0.1`. */
function placeOf({ node: { scope, label } }: GraphNode): string {
  const path = [...scope.slice(1), ...(label === undefined ? [] : [label])];
  return path.length === 0 ? scope[0] ?? "all" : path.join("/");
}

/** The nodes behind each study's outputs, by the study's name. */
type Users = ReadonlyMap<string, ReadonlySet<string>>;

function usersIn({ nodes, outputs }: Graph): Users {
  const users = new Map<string, Set<string>>();
  for (const [output, id] of Object.entries(outputs)) {
    const study = output.split("/")[0]!;
    users.set(study, (users.get(study) ?? new Set()).add(id));
  }
  // Nodes stand after what they depend on.
  for (const node of nodes.toReversed()) {
    for (const ids of users.values()) if (ids.has(node.id)) { for (const one of dependencies(node)) ids.add(one); }
  }
  return users;
}
