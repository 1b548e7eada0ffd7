/**
 * @file Runs a tfjs function once with tensors that have a shape but no contents, on a tfjs backend that writes down
 * each kernel instead of executing it. Gradients need nothing special: tfjs differentiates by calling more kernels.
 */

import * as tf from "@tensorflow/tfjs-core";
// For its effect alone: tfjs-core ships its gradients unregistered, and this is the lightest package that loads them.
import "@tensorflow/tfjs-layers";
import { Builder } from "./builder.ts";
import { UnsupportedKernelError } from "./errors.ts";
import type { Graph, Value } from "./graph.ts";
import { kernels } from "./kernels/table.ts";
import type { Spec, Specs } from "./types.ts";

const BACKEND = "engram-trace";
type TensorInfo = tf.TensorInfo;

/** What a function traced to: its graph, and the names of the graph's inputs and outputs in order. */
export interface Trace {
  readonly graph: Graph;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** tfjs has no bytes: it sees them as integers. */
function tfjsDtype(value: Value): "float32" | "int32" | "bool" {
  return value.dtype === "float32" || value.dtype === "bool" ? value.dtype : "int32";
}

/** Names of the tfjs ops that are running, outermost first. */
function scopes(): string[] {
  return tf.engine().state.scopeStack.map((scope) => scope.name);
}

class TraceBackend extends tf.KernelBackend {
  readonly builder = new Builder();
  readonly #values = new WeakMap<object, Value>();

  /** A tensor as tfjs sees it for a value of the graph. */
  info(value: Value): TensorInfo {
    const dataId = {};
    this.#values.set(dataId, value);
    return { dataId, shape: [...value.shape], dtype: tfjsDtype(value) };
  }

  /** The graph's value behind a tensor; a tensor with contents, from another backend, becomes a constant. */
  value({ dataId, shape, dtype }: TensorInfo): Value {
    const known = this.#values.get(dataId);
    if (known) return known;
    const home = tf.engine().state.tensorInfo.get(dataId)?.backend;
    if (!home) throw new TypeError("A compiled function used a tensor that is disposed");
    this.#values.set(dataId, this.#constant(home.readSync(dataId), shape, dtype));
    return this.#values.get(dataId)!;
  }

  /** Writes one kernel down. */
  record(name: string, inputs: tf.NamedTensorInfoMap, attributes: unknown): TensorInfo | TensorInfo[] {
    const rule = kernels[name];
    if (!rule) throw new UnsupportedKernelError(name, scopes());
    const widen = (info: TensorInfo) => {
      const value = this.value(info);
      return rule.bytes ? value : value.dtype === "uint8" ? this.builder.cast(value, "int32") : value;
    };
    const given = Object.entries(inputs).filter(([, info]) => info !== undefined && info !== null);
    const lowered = Array.isArray(inputs)
      ? inputs.map(widen)
      : Object.fromEntries(given.map(([key, info]) => [key, widen(info as TensorInfo)]));
    const result = rule.lower(this.builder, lowered as never, attributes as never);
    return Array.isArray(result) ? result.map((value) => this.info(value)) : this.info(result);
  }

  #constant(values: tf.backend_util.TypedArray | unknown, shape: readonly number[], dtype: string): Value {
    if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
      throw new TypeError(`A compiled program has no dtype "${dtype}"; use "float32", "int32" or "bool"`);
    }
    const numbers = values as ArrayLike<number>;
    const data = dtype === "float32"
      ? Float32Array.from(numbers)
      : dtype === "int32"
      ? Int32Array.from(numbers)
      : Uint8Array.from(numbers);
    const first = data[0];
    if (data.length > 64 && first !== undefined && data.every((element) => element === first)) {
      return this.builder.fill(shape, first, dtype);
    }
    return this.builder.constant(data, dtype, shape);
  }

  override write(values: unknown, shape: number[], dtype: string): object {
    const random = scopes().find((scope) => /^(rand|truncatedNormal|dropout)/.test(scope));
    if (random) {
      const op = random.replace(tf.OP_SCOPE_SUFFIX, "");
      throw new TypeError(
        `Op tf.${op} would give a compiled program the same numbers in every run; pass numbers from stream() in as an input`,
      );
    }
    const dataId = {};
    this.#values.set(dataId, this.#constant(values, shape, dtype));
    return dataId;
  }

  override move(dataId: object, values: unknown, shape: number[], dtype: string): void {
    this.#values.set(dataId, this.#constant(values, shape, dtype));
  }

  override readSync(): never {
    throw new TypeError(
      "A compiled function cannot read a tensor's contents (dataSync, arraySync, print) while it is traced",
    );
  }

  override read(): never {
    return this.readSync();
  }

  override incRef(): void {}

  override refCount(): number {
    return 1;
  }

  override disposeData(): boolean {
    return true;
  }

  override numDataIds(): number {
    return 0;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override dispose(): void {}
}

let registered = false;

/** Registers every kernel that tfjs knows, so that one without a lowering is refused by us, with its name. */
function registerKernels(): void {
  if (registered) return;
  registered = true;
  const known = Object.entries(tf).filter(([, name]) => typeof name === "string").map(([, name]) => name as string);
  for (const kernelName of new Set([...known, ...Object.keys(kernels)])) {
    tf.registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, attrs, backend }) => (backend as TraceBackend).record(kernelName, inputs, attrs),
    });
  }
}

/**
 * Traces `fn` over tensors of the given specs.
 *
 * @throws UnsupportedKernelError when the function, or a gradient in it, needs a kernel without a lowering
 * @throws TypeError when it reads a tensor's contents or returns something that is no tensor
 */
export function trace(
  fn: (inputs: Record<string, tf.Tensor>) => Readonly<Record<string, tf.Tensor>>,
  specs: Specs,
): Trace {
  registerKernels();
  const engine = tf.engine();
  const previous: string | null | undefined = engine.backendName;
  const backend = new TraceBackend();
  tf.registerBackend(BACKEND, () => backend, -1);
  void engine.setBackend(BACKEND);
  engine.startScope("engram");
  try {
    const inputs = Object.entries(specs).map(([name, spec]) => [name, inputValue(spec)] as const);
    const tensors = inputs.map((
      [name, value],
    ) => [name, engine.makeTensorFromTensorInfo(backend.info(value), backend)]);
    const results = Object.entries(fn(Object.fromEntries(tensors)));
    const outputs = results.map(([name, tensor]) => {
      if (!(tensor instanceof tf.Tensor)) throw new TypeError(`Output "${name}" is no tensor but ${typeof tensor}`);
      const value = backend.value(tensor);
      return value.dtype === "uint8" ? backend.builder.cast(value, "int32") : value;
    });
    return {
      graph: backend.builder.finish(inputs.map(([, value]) => value), outputs),
      inputs: inputs.map(([name]) => name),
      outputs: results.map(([name]) => name),
    };
  } finally {
    engine.endScope();
    tf.removeBackend(BACKEND);
    if (previous && previous !== BACKEND) void engine.setBackend(previous);
  }
}

function inputValue(spec: Spec): Value {
  return { dtype: spec.dtype, shape: [...spec.shape] };
}
