/** @file The real world behind a {@link Shell}: this process's streams, environment, signals and clock. */
import type * as Devices from "./devices/mod.ts";
import type { Executor, Shell, Sink, Size } from "./shell.ts";

/** The shell of this process. */
export function systemShell(): Shell {
  // Standard output carries results only; a pipeline's module, or a library it uses, may print what it likes elsewhere.
  console.log = console.info = console.debug = console.error;
  return {
    stdout: new StreamSink(Deno.stdout),
    stderr: new StreamSink(Deno.stderr),
    env: (name) => Deno.env.get(name) || undefined,
    now: Date.now,
    executor: async (): Promise<Executor> => await import("../executor/mod.ts"),
    devices: {
      module: new URL("./devices/prepare.ts", import.meta.url).href,
      // By a name that is computed: every verb would otherwise wait for a look at the engine's modules.
      load: async () => await import(new URL("./devices/mod.ts", import.meta.url).href) as typeof Devices,
    },
    library: new URL("../mod.ts", import.meta.url).href,
    onInterrupt: (listener) => onSignals(interrupts, listener),
    onNotice: (listener) => onSignals(notices, listener),
    program: new URL("./main.ts", import.meta.url).href,
    exit: Deno.exit,
    exitCode: 0,
  };
}

/** Ctrl-C, and the polite kill that schedulers send before the impolite one (Windows has no such signal). */
const interrupts: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];

/** What schedulers send before a time limit. The second does no harm to a process that is not listening yet but end it. */
const notices: readonly Deno.Signal[] = Deno.build.os === "windows" ? [] : ["SIGUSR1", "SIGUSR2"];

function onSignals(signals: readonly Deno.Signal[], listener: () => void): () => void {
  for (const signal of signals) Deno.addSignalListener(signal, listener);
  return () => {
    for (const signal of signals) Deno.removeSignalListener(signal, listener);
  };
}

const unknownSize: Size = { columns: 80, rows: 24 };

type Stream = typeof Deno.stdout | typeof Deno.stderr;

class StreamSink implements Sink {
  readonly isTerminal: boolean;
  readonly colours: boolean;
  readonly #stream: Stream;
  #closed = false;

  constructor(stream: Stream) {
    this.#stream = stream;
    this.isTerminal = stream.isTerminal();
    this.colours = this.isTerminal && !Deno.noColor && Deno.env.get("TERM") !== "dumb";
  }

  get closed(): boolean {
    return this.#closed;
  }

  size(): Size {
    try {
      const size = this.isTerminal ? Deno.consoleSize() : unknownSize;
      return size.columns > 0 && size.rows > 0 ? size : unknownSize;
    } catch {
      return unknownSize; // the terminal does not tell
    }
  }

  write(text: string): void {
    let rest: Uint8Array = new TextEncoder().encode(text);
    while (rest.length > 0 && !this.#closed) {
      try {
        rest = rest.subarray(this.#stream.writeSync(rest));
      } catch (error) {
        if (error instanceof Deno.errors.WouldBlock) sleep(2); // a pipe whose other end set it non-blocking, and is slow
        else if (error instanceof Deno.errors.BrokenPipe) this.#closed = true;
        else throw error;
      }
    }
  }
}

/** Waits without an event loop, as a synchronous write does. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
