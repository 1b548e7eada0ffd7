/** @file The compiled training loop: one native call runs many steps. Loads tfjs; import it only where models train. */
import * as tf from "@tensorflow/tfjs-core";
import { type EngineOptions, scan, type Specs } from "../../engine/mod.ts";
import { scaleShape } from "./augment/normalize.ts";
import type { HostTensorsByName } from "./feed.ts";
import { engineTraits, Memo } from "./memo.ts";
import {
  type CarryLayout,
  carryLayout,
  isAugmented,
  randomSpecs,
  type Setup,
  trainingStep,
  unprefixed,
} from "./step.ts";
import type { Layout, Tensors, Tf } from "./tensors.ts";

/** A compiled loop for one setup, and the tensors it carries. */
export interface TrainingProgram extends CarryLayout {
  /** Runs as many steps as the inputs have. */
  run(given: { constants: HostTensorsByName; carry: HostTensorsByName; inputs: HostTensorsByName }): Promise<
    { carry: HostTensorsByName; outputs: HostTensorsByName }
  >;
}

const programs = new Memo<TrainingProgram>(8);

/** The program of a setup: compiled once a process, then reused by every model with the same setup. */
export function trainingProgram(setup: Setup, options: EngineOptions = {}): TrainingProgram {
  return programs.get([setup, engineTraits(options)], () => build(setup, options));
}

/** What steps over a data set see of it: the table of pixels with its normalization, and each step's rows of it. */
export function viewSpecs({ input, augment, batch, images }: Setup) {
  const { height, width, channels } = input;
  const rowSize = height * width * channels;
  const table = isAugmented(augment)
    ? [images * (height + 2 * augment.crop) * (width + 2 * augment.crop), channels]
    : [images, rowSize];
  const constants: Specs = {
    pixels: { dtype: "uint8", shape: table },
    scale: { dtype: "float32", shape: scaleShape(input) },
    shift: { dtype: "float32", shape: scaleShape(input) },
  };
  const inputs: Specs = {
    rows: { dtype: "int32", shape: [batch] },
    ...(augment.flip ? { flip: { dtype: "int32" as const, shape: [batch] } } : {}),
    weights: { dtype: "float32", shape: [batch] },
  };
  return { constants, inputs };
}

function build(setup: Setup, options: EngineOptions): TrainingProgram {
  // Caches are a processor's matter.
  const step = trainingStep(tf, setup, (options.device ?? "cpu") === "cpu");
  const program = scan({
    ...loopSpecs(tf, setup),
    step: ({ constants, carry, inputs }) =>
      step(carry as Tensors, { ...constants, ...inputs, random: unprefixed(inputs as Tensors, "random/") } as never),
  }, { ...options, name: `train ${setup.model.kind} with ${setup.optimizer.kind}`, key: JSON.stringify(setup) });
  return { ...carryLayout(tf, setup), run: (given) => program.run(given) };
}

/** What the loop of one model takes: constants of a call, what is carried on, and inputs of each step. */
export function loopSpecs(tf: Tf, setup: Setup): Record<"constants" | "carry" | "inputs", Specs> {
  const { parameters, state, buffers } = carryLayout(tf, setup);
  const [views, random] = [viewSpecs(setup), randomSpecs(setup)];
  return {
    constants: { ...views.constants, ...random.constants },
    carry: { ...specs(parameters, "w/"), ...specs(state, "s/"), ...specs(buffers, "b/") },
    inputs: {
      ...views.inputs,
      labels: { dtype: "int32", shape: [setup.batch] },
      rate: { dtype: "float32", shape: [] },
      ...random.inputs,
    },
  };
}

/** Specs of a layout's tensors under a prefix. */
export function specs(layout: Layout, prefix: string): Specs {
  return Object.fromEntries(layout.map(({ name, shape }) => [prefix + name, { dtype: "float32" as const, shape }]));
}
