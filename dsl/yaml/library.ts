/** @file stageLibrary(): the stages that YAML files may name, found among the exports of modules. */
import type { StageDefinition } from "../stage.ts";

/** Stages by dotted name: `load.mnist`, `subsample`. */
export type StageLibrary = Readonly<Record<string, StageDefinition>>;

/** How deep stages may lie in a module's exports: `privacy.accountants.prv`. */
const DEPTH = 4;

/**
 * Finds the stages among the exports of modules, by dotted name. Namespaces and plain objects of stages are walked.
 *
 * @param modules namespaces, as `import * as namespace` gives them.
 * @throws RangeError when two modules export different stages by one name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { artifact, column, stage } from "engram/dsl/mod.ts";
 * import { stageLibrary } from "engram/dsl/yaml/mod.ts";
 * import { z } from "zod";
 * const Numbers = artifact("Numbers", "One row a number", { value: column.float64() });
 * const zero = stage({
 *   name: "zero", doc: "A zero", inputs: {}, params: z.object({}), output: Numbers,
 *   run: () => ({ value: Float64Array.of(0) }),
 * });
 * assert(Object.keys(stageLibrary({ load: { zero } })).join() === "load.zero");
 * ```
 */
export function stageLibrary(...modules: readonly object[]): StageLibrary {
  const library = new Map<string, StageDefinition>();
  for (const module of modules) {
    for (const [name, definition] of stagesIn(module, [])) {
      if ((library.get(name) ?? definition) !== definition) {
        throw new RangeError(
          `Cannot tell two stages "${name}" apart: they are declared in "${library.get(name)!.modules[0]}" and ` +
            `"${definition.modules[0]}"; export one by another name`,
        );
      }
      library.set(name, definition);
    }
  }
  return Object.fromEntries(library);
}

function stagesIn(exports: object, path: readonly string[]): [string, StageDefinition][] {
  return Object.entries(exports).flatMap(([name, value]): [string, StageDefinition][] => {
    const inner = [...path, name];
    if (isStage(value)) return [[inner.join("."), value.definition]];
    return isNamespace(value) && inner.length < DEPTH ? stagesIn(value, inner) : [];
  });
}

function isStage(value: unknown): value is { readonly definition: StageDefinition } {
  if (typeof value !== "function" || !("definition" in value)) return false;
  const definition = value.definition as Partial<StageDefinition> | null;
  return typeof definition?.name === "string" && typeof definition.run === "function";
}

/** Module namespaces and plain objects; instances of classes (zod schemas, artifact values) hold no stages. */
function isNamespace(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
