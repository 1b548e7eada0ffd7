/**
 * @file Places for facts that no stage can know: what a result took, when and on what it was made. They are comments,
 * `engram:fact` and a request in JSON, which whoever writes the document to a file replaces by the facts.
 */
import type { ElementContent } from "hast";

/** A fact about what stands behind the whole document or, with `of`, behind its inputs of that name. */
export type Fact =
  /** Distinct artifacts of a type; computing time; price of it; nodes; devices; first and last day. */
  & (
    | { readonly fact: "count"; readonly type: string }
    | { readonly fact: "time" | "nodes" | "devices" | "days" }
    | { readonly fact: "cost"; readonly perHour: number; readonly currency: string }
    /** The digest of an input, which leads to its runs. */
    | { readonly fact: "digest" }
    /** The document's own digest; the command that makes it; rows of a table of all nodes. */
    | { readonly fact: "result" | "command" | "rows" }
  )
  & { readonly of?: string };

/** The place for a fact. */
export function placeFor(fact: Fact): ElementContent {
  // A comment ends at two dashes and a bracket, whatever the names in it are.
  return { type: "comment", value: `engram:fact ${JSON.stringify(fact).replaceAll("--", "-\\u002d")}` };
}

/** The place for the digest of what is wired under a name. */
export function digestOf(name: string): ElementContent {
  return placeFor({ fact: "digest", of: name });
}
