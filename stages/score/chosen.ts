/** @file Which models of a zoo an estimate is from: all, or one of two halves that share none. */
import { z } from "zod";

/** The parameter `models`. */
export const modelsParam = z.enum(["all", "even", "odd"]).default("all").describe(
  "which models of the zoo, by their index",
);

/** Whether the model of an index is among the chosen ones. */
export function isChosen(models: z.output<typeof modelsParam>, index: number): boolean {
  return models === "all" || (index % 2 === 0) === (models === "even");
}
