/** @file Matrix products and the normalization that tfjs ships as one kernel. */

import type * as tf from "@tensorflow/tfjs-core";
import { rule } from "./rule.ts";

export const linear = {
  BatchMatMul: rule<tf.BatchMatMulInputs, tf.BatchMatMulAttrs>((b, inputs, { transposeA, transposeB }) =>
    b.matmul(b.cast(inputs.a, "float32"), b.cast(inputs.b, "float32"), transposeA, transposeB)
  ),
  FusedBatchNorm: rule<tf.FusedBatchNormInputs, tf.FusedBatchNormAttrs>((b, inputs, { varianceEpsilon }) => {
    const { x, mean, variance, scale, offset } = inputs;
    const deviation = b.unary("Sqrt", b.binary("Add", variance, b.scalar(varianceEpsilon)));
    const normal = b.binary("Div", b.binary("Sub", x, mean), deviation);
    const scaled = scale ? b.binary("Mul", normal, scale) : normal;
    return offset ? b.binary("Add", scaled, offset) : scaled;
  }),
};
