/**
 * @file One request and its answer. No redirect is followed: a server could have credentials sent elsewhere. GET and HEAD
 * are fetch()'s, and PUT of what is small; a large PUT is node:http's, as fetch() sends a stream without its length, which
 * bazel-remote refuses.
 */
import http from "node:http";
import https from "node:https";
import { rootCertificates } from "node:tls";
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

/** What is sent in one piece, from memory. */
const SMALL_BYTES = 1 << 22;

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
  async put(url: string, body: Sendable, dog: Watchdog, idle: number): Promise<number> {
    if (body.bytes > SMALL_BYTES) return await this.#stream(url, body, dog, idle);
    const { status, body: answer } = await fetch(url, {
      method: "PUT",
      headers: { ...this.#headers, "content-type": "application/octet-stream" },
      body: new Blob(await Array.fromAsync(body.open()) as BlobPart[]),
      redirect: "manual",
      signal: dog.signal,
      client: this.#client,
    });
    await answer?.cancel().catch(() => {});
    return status;
  }

  async #stream(url: string, { bytes, open }: Sendable, dog: Watchdog, idle: number): Promise<number> {
    const isSecure = url.startsWith("https:");
    // A connection each: on one that was kept, a second stream over TLS may hang (Deno 2.9.6).
    this.#agent ??= isSecure ? new https.Agent(ownAuthority()) : new http.Agent();
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

/** What `DENO_CERT` names, which fetch() believes and node:https does not know of. */
function ownAuthority(): { readonly ca?: string[] } {
  const file = Deno.env.get("DENO_CERT");
  return file ? { ca: [Deno.readTextFileSync(file), ...rootCertificates] } : {};
}

function drained(request: http.ClientRequest): Promise<void> {
  return new Promise((resolve) => request.once("drain", resolve));
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
