/** @file The table of all kernels that a compiled program may use, by tfjs's names for them. */

import { convolution } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { indexing } from "./indexing.ts";
import { linear } from "./linear.ts";
import { pooling } from "./pooling.ts";
import { reductions } from "./reductions.ts";
import type { Rule } from "./rule.ts";
import { shaping } from "./shaping.ts";

/** Kernel name to lowering. What is missing here is refused while tracing, by name. */
export const kernels: Readonly<Record<string, Rule>> = {
  ...elementwise,
  ...shaping,
  ...reductions,
  ...indexing,
  ...linear,
  ...convolution,
  ...pooling,
};
