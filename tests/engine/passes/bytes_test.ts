/** @file Bytes are converted and scaled by one operation, where the scale is one number, be it known or given. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { scaleBytes } from "../../../engine/passes/bytes.ts";
import { dropDead } from "../../../engine/passes/dead.ts";
import { floats } from "../support.ts";
import { count, through } from "./support.ts";

Deno.test("scaleBytes() joins a conversion of bytes with one scale, and leaves vectors and shared conversions", async () => {
  const inputs = {
    x: { dtype: "uint8" as const, shape: [2, 3], data: Uint8Array.of(0, 1, 2, 127, 254, 255) },
    v: floats("v", [3]),
    s: floats("s", []),
  };
  const { after } = await through([scaleBytes, dropDead], ({ x, v, s }) => {
    const shared = tf.cast(tf.reshape(x!, [3, 2]), "float32");
    return {
      quotient: tf.div(tf.cast(x!, "float32"), 255),
      product: tf.mul(0.5, tf.cast(tf.reshape(x!, [6]), "float32")),
      inverse: tf.div(1, tf.add(tf.cast(tf.slice(x!, [0, 1], [2, 1]), "float32"), 1)),
      vector: tf.mul(tf.cast(tf.transpose(tf.reshape(x!, [3, 2])), "float32"), v!),
      given: tf.add(tf.mul(tf.cast(tf.reshape(x!, [1, 6]), "float32"), s!), 1),
      divided: tf.div(tf.cast(tf.reshape(x!, [6, 1]), "float32"), tf.add(s!, 3)),
      twice: tf.add(tf.mul(shared, 2), shared),
    };
  }, inputs);
  assert.equal(count(after, "DequantizeLinear"), 3);
  assert.equal(count(after, "Cast"), 4);
});
