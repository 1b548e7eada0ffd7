/** @file An explanation as a tree: a node, why it would run, and below it the inputs that are behind that. */
import type { Explanation } from "../../executor/explain.ts";
import type { Paint } from "./paint.ts";

/** The text of an explanation. */
export function explanationText(explanation: Explanation, paint: Paint): string {
  return lines(explanation, paint, "").join("\n") + "\n";
}

function lines(explanation: Explanation, paint: Paint, indent: string): string[] {
  const { node, stage, reasons, against, upstream } = explanation;
  const name = paint("bold", node) + (node.endsWith(stage) ? "" : ` (${stage})`);
  const comparison = against === null ? [] : [
    `${indent}  compared with ${against.pipeline} ${against.node} of ${against.when.slice(0, 16).replace("T", " ")}`,
  ];
  return [
    `${indent}${name}: ${verdict(explanation)}`,
    ...reasons.map((reason) => `${indent}  - ${reason}`),
    ...comparison,
    ...upstream.flatMap((input) => lines(input, paint, `${indent}    `)),
  ];
}

function verdict({ status, computed, against, reasons, upstream }: Explanation): string {
  if (status === "depends") return `depends on ${upstream.map(({ node }) => node).join(", ")}, not known yet`;
  if (status === "run") {
    if (against === null) return "not cached: never computed";
    return reasons.length > 0 ? "not cached, because" : "not cached: its result is no longer stored";
  }
  const when = computed!.when.slice(0, 16).replace("T", " ");
  const cached = `cached, computed ${when} in ${computed!.seconds.toFixed(1)} s`;
  return reasons.length > 0 ? `${cached}; different from before, because` : cached;
}
