/** @file How a trained model is written down, and read back: architecture and layout as JSON, parameters flat. */
import { z } from "zod";
import type { Value } from "../../dsl/mod.ts";
import type { Models } from "../artifacts/mod.ts";
import { layoutOf } from "./models/model.ts";
import { modelSpec, type Network, network } from "./models/mod.ts";
import { type Layout, sizeOf, totalSize } from "./tensors.ts";

const architectureSchema = z.object({
  model: modelSpec,
  input: z.object({ height: z.int(), width: z.int(), channels: z.int() }),
  classes: z.int(),
  normalization: z.object({ scale: z.array(z.number()), shift: z.array(z.number()) }),
});

/** What a model is, apart from its parameters: enough to rebuild it. */
export type Architecture = z.output<typeof architectureSchema>;

/** A model read back. */
export interface StoredModel {
  readonly architecture: Architecture;
  readonly network: Network;
  readonly layout: Layout;
  readonly parameters: Readonly<Record<string, Float32Array<ArrayBuffer>>>;
}

/** The columns of a `Models` row that say what the model is. */
export function writeModel(
  architecture: Architecture,
  layout: Layout,
  parameters: Readonly<Record<string, Float32Array>>,
): Pick<Value<typeof Models>, "architecture" | "layout" | "parameters"> {
  const flat = new Float32Array(totalSize(layout));
  let offset = 0;
  for (const { name, shape } of layout) {
    flat.set(parameters[name]!, offset);
    offset += sizeOf(shape);
  }
  return {
    architecture: [JSON.stringify(architecture)],
    layout: [JSON.stringify(layout)],
    parameters: { data: flat, shape: [1, flat.length] },
  };
}

/**
 * Reads a model back.
 *
 * @throws TypeError when architecture, layout and parameters do not belong together
 */
export function readModel(value: Pick<Value<typeof Models>, "architecture" | "layout" | "parameters">): StoredModel {
  const architecture = architectureSchema.parse(JSON.parse(value.architecture[0]!));
  const net = network(architecture.model, architecture.input, architecture.classes);
  const layout = layoutOf(net.parameters);
  const { data } = value.parameters;
  if (JSON.stringify(layout) !== value.layout[0] || data.length !== totalSize(layout)) {
    throw new TypeError(
      `Cannot rebuild the ${architecture.model.kind} model: its layout ${
        value.layout[0]
      } with ${data.length} parameters ` +
        `is not this version's, ${JSON.stringify(layout)}; train it again`,
    );
  }
  let offset = 0;
  const parameters = Object.fromEntries(layout.map(({ name, shape }) => {
    const from = offset;
    offset += sizeOf(shape);
    return [name, data.slice(from, offset) as Float32Array<ArrayBuffer>];
  }));
  return { architecture, network: net, layout, parameters };
}
