/** @file Checks at run time what the compiler checks in TypeScript: that nodes are wired into inputs that take them. */
import { didYouMean } from "./nearest.ts";
import { Node, type Wire } from "./node.ts";
import type { InputSpec, StageDefinition } from "./stage.ts";

/**
 * Checks that every input of `stage` is wired to a node of its type.
 *
 * @throws TypeError naming the stage, the input, and both types.
 */
export function checkWires(stage: StageDefinition, inputs: Readonly<Record<string, Wire>> | undefined): void {
  const wired = inputs ?? {};
  for (const name of Object.keys(wired)) {
    if (!(name in stage.inputs)) {
      throw new TypeError(
        `Unknown input "${name}" of stage "${stage.name}": ${didYouMean(name, Object.keys(stage.inputs))}`,
      );
    }
  }
  for (const [name, spec] of Object.entries(stage.inputs)) {
    const wire = wired[name];
    if (wire === undefined) {
      throw new TypeError(`Missing input "${name}" of stage "${stage.name}": it takes ${describe(spec, stage, name)}`);
    }
    checkWire(stage, name, spec, wire);
  }
}

function checkWire(stage: StageDefinition, name: string, spec: InputSpec, wire: Wire): void {
  const wanted = describe(spec, stage, name);
  if ("named" in spec) {
    if (wire instanceof Node || typeof wire !== "object") throw mismatch(stage, name, wanted, wire);
    for (const [key, node] of Object.entries(wire)) {
      const fits = node instanceof Node && node.arity === "one" && node.type.name === spec.named.name;
      if (!fits) throw mismatch(stage, `${name}.${key}`, wanted, node);
    }
    return;
  }
  const type = "many" in spec ? spec.many : spec;
  const arity = "many" in spec || stage.over === name ? "many" : "one";
  const fits = wire instanceof Node && wire.arity === arity && wire.type.name === type.name;
  if (!fits) throw mismatch(stage, name, wanted, wire);
}

function mismatch(stage: StageDefinition, name: string, wanted: string, found: unknown): TypeError {
  return new TypeError(
    `Cannot wire ${describeWire(found)} into input "${name}" of stage "${stage.name}": it takes ${wanted}`,
  );
}

function describe(spec: InputSpec, stage: StageDefinition, name: string): string {
  if ("named" in spec) return `single ${spec.named.name} by name`;
  if ("many" in spec) return `a collection of ${spec.many.name}`;
  return stage.over === name ? `a collection of ${spec.name}, to map over` : `one ${spec.name}`;
}

function describeWire(wire: unknown): string {
  if (!(wire instanceof Node)) return wire === null ? "null" : `a value of type "${typeof wire}"`;
  return `${wire.arity === "many" ? "a collection of" : "one"} ${wire.type.name} (from "${wire.stage.name}")`;
}
