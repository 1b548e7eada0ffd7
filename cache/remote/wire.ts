/**
 * @file One request and its answer. No redirect is followed: a server could have credentials sent elsewhere. GET and HEAD
 * are fetch()'s; PUT is node:http's, as fetch() sends a stream without its length, which bazel-remote refuses.
 */
import http from "node:http";
import https from "node:https";
import { RemoteError } from "./errors.ts";
import type { Watchdog } from "./watchdog.ts";

/** The beginning of an answer. */
export interface Answer {
  readonly status: number;
  /** Bytes that it says are to follow; undefined where it does not say. */
  readonly length: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends it, where its body is of no interest. */
  drop(): Promise<void>;
}

/** Bytes to send, which can be had again for another try. */
export interface Sendable {
  readonly bytes: number;
  open(): AsyncIterable<Uint8Array>;
}

/** Connections kept open. */
const CONNECTIONS = 16;

/** Connections to one server. */
export class Wire implements Disposable {
  readonly #headers: Readonly<Record<string, string>>;
  readonly #client = Deno.createHttpClient({ poolMaxIdlePerHost: CONNECTIONS });
  #agent: http.Agent | undefined;

  constructor(authorization: string | undefined) {
    this.#headers = {
      // What is compressed on the way has another length, and may be made to grow without end.
      "accept-encoding": "identity",
      ...(authorization !== undefined && { authorization }),
    };
  }

  /** Asks for something. */
  async ask(method: "GET" | "HEAD", url: string, { signal }: Watchdog): Promise<Answer> {
    const { status, headers, body } = await fetch(url, {
      method,
      headers: this.#headers,
      redirect: "manual",
      signal,
      client: this.#client,
    });
    const length = headers.get("content-length");
    return {
      status,
      length: length === null ? undefined : Number(length),
      body: body ?? nothing(),
      drop: async () => await body?.cancel().catch(() => {}),
    };
  }

  /** Sends something; the status of the answer. */
  async put(url: string, { bytes, open }: Sendable, dog: Watchdog, idle: number): Promise<number> {
    const isSecure = url.startsWith("https:");
    this.#agent ??= new (isSecure ? https : http).Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const headers = { ...this.#headers, "content-type": "application/octet-stream", "content-length": String(bytes) };
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    promise.catch(() => {}); // it may come after the dog has had its say
    const request = (isSecure ? https : http).request(url, { method: "PUT", agent: this.#agent, headers }, (answer) => {
      answer.on("error", reject).resume().on("end", () => resolve(answer.statusCode ?? 0));
    });
    request.on("error", reject);
    const stop = () => {
      reject(dog.signal.reason);
      request.destroy();
    };
    dog.signal.addEventListener("abort", stop);
    try {
      dog.signal.throwIfAborted();
      const sent = (async () => {
        for await (const piece of open()) {
          if (!request.write(piece)) await Promise.race([drained(request), promise]);
          dog.expect(idle);
        }
        request.end();
      })();
      sent.catch((error) => {
        reject(error);
        request.destroy();
      });
      return await promise;
    } finally {
      dog.signal.removeEventListener("abort", stop);
    }
  }

  [Symbol.dispose](): void {
    this.#client.close();
    this.#agent?.destroy();
  }
}

/** What the system says of a connection, in few words. */
export function reasonOf(error: unknown): string {
  if (error instanceof RemoteError) return error.message;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  if (cause instanceof RemoteError) return cause.message;
  const text = error instanceof Error
    ? `${error.message}${cause === undefined ? "" : `: ${cause.message}`}`
    : String(error);
  if (/refused/i.test(text)) return "the connection was refused";
  if (/dns|lookup|ENOTFOUND/i.test(text)) return "no server of this name is known";
  if (/certificate|tls|handshake/i.test(text)) return "its certificate cannot be checked";
  return text.replace(/https?:\/\/\S+/g, "…").split("\n")[0]!;
}

function drained(request: http.ClientRequest): Promise<void> {
  return new Promise((resolve) => request.once("drain", resolve));
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
