/** @file A device that runs compiled programs: one of onnxruntime's execution providers. Loads tfjs and native code. */

import { encodeProgram, encodeScan, type Target } from "../build.ts";
import { cachedProgram } from "../programs.ts";
import { rehearse } from "../rehearsal.ts";
import { openSession, type Session } from "../session.ts";
import type { EngineOptions } from "../types.ts";
import type { Device, DeviceName } from "./device.ts";

/** What tells one provider from another. */
export interface Provider {
  readonly name: DeviceName;
  /** onnxruntime's provider; what it cannot run falls to the CPU's, inside the same program. */
  readonly provider: string;
  /** Channels in a block of its blocked convolutions; absent where it has none. */
  readonly blockSize?: () => Promise<number | undefined>;
  /** Says what an error of the native library means, where it means that the device is missing. */
  readonly explain?: (error: unknown) => unknown;
}

/** The device of a provider. */
export function nativeDevice({ name, provider, blockSize, explain = (error) => error }: Provider): Device {
  async function load(
    options: EngineOptions,
    shapes: unknown,
    encode: (target: Target) => Uint8Array,
  ): Promise<Session> {
    const target: Target = options.programs?.portable ? { portable: true } : { blockSize: await blockSize?.() };
    const model = await cachedProgram(options, [target, shapes], () => encode(target));
    const rehearsal = options.programs?.rehearsal;
    if (rehearsal) return rehearse(model, rehearsal.called);
    try {
      return await openSession(model, options, provider);
    } catch (error) {
      throw explain(error);
    }
  }
  return {
    name,
    program: (fn, specs, options) => load(options, specs, (target) => encodeProgram(fn, specs, target)),
    scan(definition, options) {
      const { constants, carry, inputs } = definition;
      return load(options, { constants, carry, inputs }, (target) => encodeScan(definition, target));
    },
  };
}
