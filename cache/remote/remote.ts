/** @file The remote tier of a store: a server in Bazel's layout, which results are read through and written behind. */
import type { Home, SendingProgress, Upstream, UpstreamReport } from "../upstream.ts";
import { authorizationOf } from "./authentication.ts";
import { Breaker } from "./breaker.ts";
import { Client } from "./client.ts";
import { type KeyRing, readKeys } from "./keys.ts";
import { RemoteLayout } from "./layout.ts";
import { PATIENCE, type RemoteOptions } from "./options.ts";
import { Queue } from "./queue.ts";
import { Reader } from "./reader.ts";
import { Uploader } from "./upload.ts";
import { Wire } from "./wire.ts";

/** Makes the remote tier of a store. */
export type Attach = (home: Home) => Upstream;

/**
 * Checks the options of a remote cache and reads the files that they name; nothing is sent yet.
 *
 * @returns what {@link Store.open} takes as `upstream`.
 * @throws RemoteOptionsError where an address, a file or a key can not be used.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { remoteTier } from "engram/cache/remote/mod.ts";
 * await assert.rejects(remoteTier({ url: "https://user:secret@cache.example" }), /an address with a password/);
 * ```
 */
export async function remoteTier(options: RemoteOptions): Promise<Attach> {
  const remote = new RemoteLayout(options.url);
  const authorization = options.authFile === undefined ? undefined : await authorizationOf(options.authFile);
  const keys = await readKeys(options);
  return (home) => {
    if (authorization !== undefined && isOpenToAll(remote.url)) {
      home.warn(`Credentials go to "${remote.url}" as they are, for everybody on the way to read: use https`);
    }
    return new Remote(remote, authorization, keys, options, home);
  };
}

class Remote implements Upstream {
  readonly #remote: RemoteLayout;
  readonly #breaker: Breaker;
  readonly #client: Client;
  readonly #reader: Reader;
  readonly #uploader: Uploader;
  readonly #queue: Queue | undefined;
  readonly #home: Home;
  #isClosed = false;

  constructor(
    remote: RemoteLayout,
    authorization: string | undefined,
    keys: KeyRing,
    { trust = "signed", objects = "needed", readOnly = false, patience }: RemoteOptions,
    home: Home,
  ) {
    this.#remote = remote;
    this.#home = home;
    this.#breaker = new Breaker((why) => {
      home.warn(`The remote cache "${remote.url}" is left alone: ${why}; this run goes on with the local store`);
      this.#queue?.close();
    });
    this.#client = new Client(new Wire(authorization), this.#breaker, { ...PATIENCE, ...patience });
    const parts = { client: this.#client, breaker: this.#breaker, remote, home, keys, trust };
    this.#reader = new Reader({ ...parts, all: objects === "all" });
    this.#uploader = new Uploader(parts, (digest) => this.#reader.isBroken(digest));
    const isWritten = !readOnly && keys.own !== undefined;
    this.#queue = !isWritten ? undefined : new Queue((key) => this.#uploader.send(key), (error) => {
      this.#queue?.close();
      if (this.#breaker.why === undefined) {
        home.warn(`Nothing more is sent to the remote cache "${remote.url}": ${error.message}`);
      }
    });
  }

  get brokePromise(): boolean {
    return this.#reader.brokePromise;
  }

  record(key: string) {
    return this.#reader.record(key);
  }

  promises(digest: string): boolean {
    return this.#reader.promises(digest);
  }

  bring(digest: string): Promise<boolean> {
    return this.#reader.bring(digest);
  }

  gave(key: string): boolean {
    return this.#reader.gave(key);
  }

  stopReading(): void {
    this.#reader.stop();
  }

  async share(key: string, relatives?: () => Promise<readonly string[]>): Promise<void> {
    if (this.#breaker.why !== undefined || this.#reader.gave(key)) return;
    await this.#queue?.add(key, relatives);
  }

  async drain(progress: (progress: SendingProgress) => void, signal?: AbortSignal): Promise<void> {
    await this.#queue?.drain(progress, signal);
  }

  report(): UpstreamReport {
    const [received, sent] = [this.#reader, this.#uploader].map(({ records, objects, bytes }) => {
      return { records, objects, bytes };
    });
    const { url } = this.#remote;
    return { url, off: this.#breaker.why ?? null, received: received!, sent: sent!, unsent: this.#queue?.unsent ?? 0 };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queue?.close();
    await this.#reader.settle();
    if (this.#reader.strangers > 0) {
      this.#home.warn(
        `${this.#reader.strangers} results in the remote cache "${this.#remote.url}" were not taken, as nobody signed ` +
          `them whom this run believes: give the keys of those who may (--remote-key), or believe all (--remote-trust all)`,
      );
    }
    this.#breaker.open("the run has ended", true);
    await this.#queue?.settled();
    this.#client[Symbol.dispose]();
  }
}

/** Whether what is sent there can be read on the way. */
function isOpenToAll(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
