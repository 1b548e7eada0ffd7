/** @file A native session: the one place that talks to onnxruntime-node. */

import * as ort from "onnxruntime-node";
import { arrayOf, type Dtype, type EngineOptions, type HostData, type HostTensor } from "./types.ts";

/** A loaded program. */
export interface Session {
  /** Runs it. The call blocks this isolate; other workers go on. */
  run(inputs: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>>;
  /** Frees its native memory. */
  release(): Promise<void>;
}

/** Loads a model on one of onnxruntime's providers, with as many threads of the CPU as asked for (default 1). */
export async function openSession(
  model: Uint8Array,
  { threads = 1 }: EngineOptions,
  provider = "cpu",
): Promise<Session> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    // Not "all": the last level's blocked layouts skip convolutions whose filters are not constant, and reorder memory
    // around each pooling for nothing (a tenth of a small network's step).
    graphOptimizationLevel: "extended",
    logSeverityLevel: 3,
    // It copies conversions of bytes, one for each reader: a tenth of a step of logistic regression.
    extra: { session: { disable_quant_qdq: "1" } },
  });
  return {
    async run(inputs) {
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, { dtype, data, shape }]) => [name, new ort.Tensor(dtype, data, shape)]),
      );
      const results = await session.run(feeds);
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, hostTensor(tensor)]));
    },
    release: () => session.release(),
  };
}

function hostTensor(tensor: ort.Tensor): HostTensor {
  const dtype = tensor.type as Dtype;
  const data = tensor.data as HostData;
  const Expected = arrayOf(dtype);
  return { dtype, shape: [...tensor.dims], data: data instanceof Expected ? data : new Expected(data) };
}
