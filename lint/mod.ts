/**
 * @file Lint rules for code that stages are made of: one for each cause that a cache key cannot see, and one that asks
 * for the reason of every exception. `deno.json` loads them; decision 0005 says what else watches over stages.
 * @module
 */
import { type Cause, CAUSES } from "../executor/guard/causes.ts";
import { findUses } from "./uses.ts";
import { isWatched } from "./watched.ts";

const EXCEPTION = /deno-lint-ignore(-file)?\s.*\bengram\/no-/;
const WITH_REASON = /\s--\s+\S/;

const causes = Object.keys(CAUSES) as Cause[];

const plugin: Deno.lint.Plugin = {
  name: "engram",
  rules: {
    ...Object.fromEntries(causes.map((cause) => [`no-${cause}`, ruleOf(cause)])),
    "exception-reason": { create: askForReasons },
  },
};
export { plugin as default };

function ruleOf(cause: Cause): Deno.lint.Rule {
  const { does, remedy } = CAUSES[cause];
  return {
    create(context) {
      if (!isWatched(context.filename, cause)) return {};
      return findUses(cause, (node, use) =>
        context.report({
          node,
          message: `"${use}" ${does}, which no cache key can see`,
          hint: `${remedy[0]!.toUpperCase()}${remedy.slice(1)}. Where no result can depend on it, write ` +
            `"// deno-lint-ignore engram/no-${cause} -- why not" above`,
        }));
    },
  };
}

function askForReasons(context: Deno.lint.RuleContext): Deno.lint.LintVisitor {
  return {
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        if (!EXCEPTION.test(comment.value) || WITH_REASON.test(comment.value)) continue;
        context.report({
          range: comment.range,
          message: "This exception does not say why no result depends on it",
          hint: 'Add the reason behind " -- "',
        });
      }
    },
  };
}
