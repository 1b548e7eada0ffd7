/** @file What an optimizer does in a step, all of it: gradient rule, transformation, descent, and the average it keeps. */
import type { AverageSpec } from "../average.ts";
import { type Layout, mapTensors, type Tensor, type Tensors, type Tf } from "../tensors.ts";
import { emaLayout, emaStep } from "./ema.ts";
import { optimizerOf, type OptimizerSpec } from "./mod.ts";
import type { Evaluation, Objective } from "./optimizer.ts";

/** What fixes the optimizer's part of a training program. */
export interface Updating {
  readonly optimizer: OptimizerSpec;
  /** None unless told. */
  readonly average?: AverageSpec | undefined;
  /** How many passes the program's steps take; the optimizer's first unless told. */
  readonly passes?: number | undefined;
  /** Examples of a program's step, padding included. */
  readonly batch: number;
  /** Examples that a batch is expected to have, where batches are Poisson samples; `batch` unless told. */
  readonly expected?: number | undefined;
}

/** Names under which parts of the state are kept: the gradient rule's, the transformation's, the average's. */
const [RULE, TRANSFORM, AVERAGE] = ["g/", "t/", "e/"] as const;

/** What is kept from step to step beside parameters and running statistics; all of it starts at 0. */
export function stateLayout(
  tf: Tf,
  { optimizer: spec, average }: Updating,
  parameters: Layout,
  buffers: Layout,
): Layout {
  const optimizer = optimizerOf(spec);
  return [
    ...under(RULE, optimizer.keeps?.(spec, parameters) ?? []),
    ...under(TRANSFORM, optimizer.transform(tf, spec).init(parameters)),
    ...under(AVERAGE, average?.kind === "ema" ? emaLayout([...parameters, ...buffers]) : []),
  ];
}

/** What a step starts from. */
export interface Before {
  readonly objective: Objective;
  readonly parameters: Tensors;
  readonly state: Tensors;
  readonly rate: Tensor;
  /** What the host drew: `noise`, all parameters' after each other, and `ends`; only for a private optimizer. */
  readonly random: Tensors;
}

/** What a step leaves. */
export interface After {
  readonly evaluation: Evaluation;
  readonly parameters: Tensors;
  readonly state: Tensors;
}

/** Takes a step. A row of a batch that goes on (`ends` 0, and rate 0) changes nothing but what the rule keeps. */
export function update(tf: Tf, setup: Updating, { objective, parameters, state, rate, random }: Before): After {
  const { optimizer: spec, average } = setup;
  const optimizer = optimizerOf(spec);
  const { ends } = random;
  const evaluation = optimizer.gradient(tf, spec, objective, parameters, {
    state: from(state, RULE),
    rate,
    passes: setup.passes ?? optimizer.passes(spec)[0]!,
    batch: setup.expected ?? setup.batch,
    noise: random.noise && cut(tf, random.noise, parameters),
    ends,
  });
  const before = from(state, TRANSFORM);
  const next = optimizer.transform(tf, spec).update(evaluation.gradients, before, parameters);
  const moved = mapTensors(parameters, (w, name) => tf.sub(w, tf.mul(next.updates[name]!, rate)));
  // A choice, one operation a tensor: a row of a batch is short, and it has many tensors.
  const over = ends && tf.greater(ends, 0);
  const transformed = over ? mapTensors(next.state, (now, name) => tf.where(over, now, before[name]!)) : next.state;
  const averaged = average?.kind === "ema"
    ? emaStep(tf, average.decay, from(state, AVERAGE), { ...moved, ...evaluation.buffers }, ends)
    : {};
  return {
    evaluation,
    parameters: moved,
    state: { ...to(RULE, evaluation.state ?? {}), ...to(TRANSFORM, transformed), ...to(AVERAGE, averaged) },
  };
}

/** The average's part of a state, for `emaMean()`. */
export function averageOf<T>(state: Readonly<Record<string, T>>): Record<string, T> {
  return from(state, AVERAGE);
}

/** One vector as tensors of the parameters' shapes. */
function cut(tf: Tf, all: Tensor, parameters: Tensors): Tensors {
  let start = 0;
  return mapTensors(parameters, (w) => {
    const part = tf.slice(all, [start], [w.size]);
    start += w.size;
    return tf.reshape(part, w.shape);
  });
}

function under(prefix: string, layout: Layout): Layout {
  return layout.map(({ name, shape }) => ({ name: prefix + name, shape }));
}

function to(prefix: string, tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}

function from<T>(tensors: Readonly<Record<string, T>>, prefix: string): Record<string, T> {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
