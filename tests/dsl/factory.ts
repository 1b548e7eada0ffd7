/** @file A stage factory in a module of its own, for the tests of origin. */
import { z } from "zod";
import { stage, type StageDefinition } from "../../dsl/mod.ts";
import { Metrics } from "./toys.ts";

interface AnyStage {
  readonly definition: StageDefinition;
}

/** Declares a stage for its caller: its code is here and there. */
export function constant(name: string, value: () => number): AnyStage {
  return stage({
    name,
    doc: "",
    inputs: {},
    params: z.object({}),
    output: Metrics,
    run: () => ({ value: Float64Array.of(value()) }),
  });
}

/** The same after a pause, as a factory that reads a file first would be. */
export async function constantLater(name: string, value: () => number): Promise<AnyStage> {
  await Promise.resolve();
  return constant(name, value);
}
