/**
 * @file A server in Bazel's layout, in this process: `webdav` does what nginx with WebDAV does (whatever is put lies
 * there), `bazel` what bazel-remote does: a blob's name is checked, a PUT without its length refused, an entry has to be an
 * ActionResult, gets the name of who sent it unless it has one, and is there only while all its files are.
 *
 * bazel-remote's rules are those of its server/http.go and of GetValidatedActionResult in cache/disk.
 */
import { createHash } from "node:crypto";

/** How a server behaves. */
export interface ServerOptions {
  readonly kind?: "webdav" | "bazel";
  /** The `authorization` header that it wants. */
  readonly authorization?: string;
}

/** What a request was. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
}

/** Changes an answer on its way; what it returns is sent. */
export type Tamper = (asked: Asked, answer: Response, server: TestServer) => Response | Promise<Response>;

/** A server on loopback. */
export class TestServer implements AsyncDisposable {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly asked: Asked[] = [];
  readonly url: string;
  tamper: Tamper | undefined;
  readonly #options: ServerOptions;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #abort = new AbortController();

  constructor(options: ServerOptions = {}) {
    this.#options = options;
    const listening = { port: 0, hostname: "127.0.0.1", onListen() {}, signal: this.#abort.signal };
    this.#server = Deno.serve({ ...listening, onError: () => new Response(null, { status: 500 }) }, (request) => {
      return this.#serve(request);
    });
    this.url = `http://127.0.0.1:${this.#server.addr.port}/cache`;
  }

  /** Paths of entries, or of blobs. */
  under(folder: "ac" | "cas"): string[] {
    return [...this.files.keys()].filter((path) => path.startsWith(`/cache/${folder}/`));
  }

  count(method: string): number {
    return this.asked.filter((asked) => asked.method === method).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort(); // answers that never end would be waited for
    await this.#server.finished;
  }

  async #serve(request: Request): Promise<Response> {
    const asked = {
      method: request.method,
      path: new URL(request.url).pathname,
      authorization: request.headers.get("authorization"),
    };
    this.asked.push(asked);
    const answer = await this.#answer(request, asked);
    return await this.tamper?.(asked, answer, this) ?? answer;
  }

  async #answer(request: Request, { method, path, authorization }: Asked): Promise<Response> {
    const { kind = "webdav", authorization: wanted } = this.#options;
    const body = method === "PUT" ? await request.bytes() : new Uint8Array(0);
    if (wanted !== undefined && authorization !== wanted) return new Response("who are you?", { status: 401 });
    if (method === "PUT") {
      const isNew = !this.files.has(path);
      const refusal = kind === "bazel" ? whyRefused(request, path, body) : undefined;
      if (refusal !== undefined) return new Response(refusal, { status: 400 });
      this.files.set(path, kind === "bazel" && path.includes("/ac/") ? withWorker(body) : body);
      return new Response(null, { status: kind === "bazel" ? 200 : isNew ? 201 : 204 });
    }
    const file = this.files.get(path);
    const isThere = file !== undefined && (kind !== "bazel" || !path.includes("/ac/") || this.#isComplete(file));
    if (!isThere) return new Response("not found", { status: 404 });
    return new Response(method === "HEAD" ? null : file, { headers: { "content-length": String(file.length) } });
  }

  #isComplete(entry: Uint8Array): boolean {
    return fieldsOf(entry).filter(({ id }) => id === 2).every(({ bytes }) => {
      const digest = fieldsOf(bytes!).find(({ id }) => id === 2)!.bytes!;
      const hash = new TextDecoder().decode(fieldsOf(digest).find(({ id }) => id === 1)!.bytes);
      return this.files.has(`/cache/cas/${hash}`);
    });
  }
}

function whyRefused(request: Request, path: string, body: Uint8Array): string | undefined {
  if (request.headers.get("content-length") === null) return "PUT without Content-Length";
  if (!/^\/cache\/(ac|cas)\/[0-9a-f]{64}$/.test(path)) return "resource name must be a SHA256 hash in hex";
  if (path.includes("/cas/")) {
    return path.endsWith(createHash("sha256").update(body).digest("hex")) ? undefined : "hashsums don't match";
  }
  try {
    const known = new Set([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    return fieldsOf(body).every(({ id }) => known.has(id)) && body.length > 0 ? undefined : "no ActionResult";
  } catch {
    return "no ActionResult";
  }
}

/** bazel-remote writes who sent an entry into it, unless a worker is named (field 9, in it field 1). */
function withWorker(entry: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const metadata = fieldsOf(entry).find(({ id }) => id === 9)?.bytes;
  if (metadata !== undefined && fieldsOf(metadata).some(({ id }) => id === 1)) return entry;
  return Uint8Array.of(...entry, 0x4a, 3, 0x0a, 1, 0x78);
}

interface Field {
  readonly id: number;
  /** Of a field of bytes. */
  readonly bytes?: Uint8Array;
}

/** The fields of a protobuf message; throws where the bytes are none. */
function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  function varint(): number {
    for (let value = 0, scale = 1;; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new TypeError("It ends within a number");
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
  while (at < message.length) {
    const tag = varint();
    const [id, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire === 0) {
      varint();
      fields.push({ id });
    } else if (wire === 2) {
      const length = varint();
      if (at + length > message.length) throw new TypeError("It ends within a field");
      fields.push({ id, bytes: message.subarray(at, at += length) });
    } else throw new TypeError(`It has a field of kind ${wire}`);
  }
  return fields;
}
