/** @file PyTorch as a peer: a child process that trains on request. */

import { TextLineStream } from "./lines.ts";
import { BATCH, type Trainable } from "./workload.ts";

/** A running PyTorch, or `undefined` where Python has none. */
export class Torch {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  /** What it calls itself, as `torch 2.13.0`. */
  readonly version: string;

  constructor(
    child: Deno.ChildProcess,
    lines: ReadableStreamDefaultReader<string>,
    version: string,
  ) {
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#lines = lines;
    this.version = version;
  }

  /** Starts it; `undefined` when Python or torch is not installed. */
  static async start(): Promise<Torch | undefined> {
    const script = new URL("./torch_train.py", import.meta.url).pathname;
    try {
      const child = new Deno.Command("python3", { args: [script], stdin: "piped", stdout: "piped", stderr: "null" })
        .spawn();
      const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
      const { value } = await lines.read();
      return value === undefined ? undefined : new Torch(child, lines, value);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** A trainer in one memory layout. */
  trainer(model: string, layout: "contiguous" | "channels_last", threads: number): Trainable {
    return {
      run: async (steps) => {
        await this.#input.write(new TextEncoder().encode(`${model} ${layout} ${threads} ${steps}\n`));
        const { value } = await this.#lines.read();
        return steps * BATCH / Number(value);
      },
      dispose: () => Promise.resolve(),
    };
  }

  /** Ends it. */
  async stop(): Promise<void> {
    await this.#input.close();
    await this.#lines.cancel();
    await this.#child.status;
  }
}
