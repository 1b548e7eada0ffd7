/**
 * @file Requests that are tried again, one after the other until the server has answered once: then it costs a run one
 * time-out in all to find that there is no server. Whatever goes wrong is a RemoteError; what that means for the server
 * goes to the breaker.
 */
import { backOff, MOST_TRIES } from "./back_off.ts";
import type { Breaker } from "./breaker.ts";
import { errorOfStatus, RemoteError } from "./errors.ts";
import type { Patience } from "./options.ts";
import { Watchdog } from "./watchdog.ts";
import { type Answer, reasonOf, type Sendable, type Wire } from "./wire.ts";

/** Bytes for which an answer as a whole may take as long again. */
const PATIENCE_BYTES = 1 << 22;

/** Receives the bytes of an answer, in order. */
export interface Sink {
  append(bytes: Uint8Array): Promise<void> | void;
}

/** Talks to one server. */
export class Client implements Disposable {
  readonly #wire: Wire;
  readonly #breaker: Breaker;
  readonly #patience: Patience;
  #hasMet = false;
  #meeting: Promise<unknown> | undefined;

  constructor(wire: Wire, breaker: Breaker, patience: Patience) {
    this.#wire = wire;
    this.#breaker = breaker;
    this.#patience = patience;
  }

  /** A small document; undefined if there is none. `most`: bytes that it may have. */
  get(url: string, most: number): Promise<Uint8Array | undefined> {
    return this.#try(async (dog) => {
      const answer = await this.#ask("GET", url, dog);
      if (await this.#isAbsent(answer, "reading")) return undefined;
      const pieces: Uint8Array[] = [];
      await this.#receive(answer, { append: (piece) => void pieces.push(piece) }, most, dog);
      return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
    });
  }

  /**
   * A document of `bytes` bytes; false if there is none. `take` is called for each try, and has it put into a sink; what it
   * throws about what came is a reason to try again.
   */
  download(url: string, bytes: number, take: (fill: (sink: Sink) => Promise<void>) => Promise<void>): Promise<boolean> {
    return this.#try(async (dog) => {
      const answer = await this.#ask("GET", url, dog);
      if (await this.#isAbsent(answer, "reading")) return false;
      await take(async (sink) => {
        const received = await this.#receive(answer, sink, bytes, dog);
        if (received !== bytes) throw new RemoteError(`it sent ${received} bytes of ${bytes}`, "again");
      });
      return true;
    });
  }

  /** Whether there is something. */
  has(url: string): Promise<boolean> {
    return this.#try(async (dog) => {
      const answer = await this.#ask("HEAD", url, dog);
      return !await this.#isAbsent(answer, "reading");
    });
  }

  /** Puts something there. */
  put(url: string, body: Sendable): Promise<void> {
    return this.#try(async (dog) => {
      const { answer, idle } = this.#patience;
      dog.expect(answer);
      dog.limit(this.#whole(body.bytes));
      const status = await this.#wire.put(url, body, dog, Math.max(answer, idle));
      if (status < 200 || status > 299) throw errorOfStatus(status, "writing");
    });
  }

  [Symbol.dispose](): void {
    this.#wire[Symbol.dispose]();
  }

  #whole(bytes: number): number {
    return this.#patience.whole * (1 + bytes / PATIENCE_BYTES);
  }

  async #ask(method: "GET" | "HEAD", url: string, dog: Watchdog): Promise<Answer> {
    dog.expect(this.#hasMet ? this.#patience.answer : this.#patience.contact);
    return await this.#wire.ask(method, url, dog);
  }

  async #isAbsent(answer: Answer, what: "reading" | "writing"): Promise<boolean> {
    if (answer.status === 200) return false;
    await answer.drop();
    if (answer.status === 404 || answer.status === 410) return true;
    throw errorOfStatus(answer.status, what);
  }

  /** Takes a body of at most `most` bytes. */
  async #receive({ length, body, drop }: Answer, sink: Sink, most: number, dog: Watchdog): Promise<number> {
    if (length !== undefined && length > most) {
      await drop();
      throw new RemoteError(`it wants to send ${length} bytes where at most ${most} were to be`, "damaged");
    }
    const began = performance.now();
    dog.limit(this.#patience.whole);
    let received = 0;
    for await (const piece of body) {
      received += piece.length;
      if (received > most) throw new RemoteError(`it sent more than ${most} bytes`, "damaged");
      await sink.append(piece);
      dog.expect(this.#patience.idle);
      // Time is given for what came, not for what was announced.
      dog.limit(this.#whole(received) - (performance.now() - began) / 1000);
    }
    if (length !== undefined && received !== length) {
      throw new RemoteError(`it sent ${received} bytes of ${length}`, "again");
    }
    return received;
  }

  async #try<T>(exchange: (dog: Watchdog) => Promise<T>): Promise<T> {
    while (!this.#hasMet && this.#meeting !== undefined) await this.#meeting.catch(() => {});
    if (this.#breaker.why !== undefined) throw new RemoteError(this.#breaker.why, "off");
    const trying = this.#persist(exchange);
    if (this.#hasMet) return await trying;
    this.#meeting = trying;
    try {
      return await trying;
    } finally {
      this.#meeting = undefined;
    }
  }

  async #persist<T>(exchange: (dog: Watchdog) => Promise<T>): Promise<T> {
    for (let tries = 1;; tries++) {
      try {
        using dog = new Watchdog(this.#breaker.signal);
        const result = await exchange(dog);
        this.#hasMet = true;
        this.#breaker.succeeded();
        return result;
      } catch (thrown) {
        const error = asRemoteError(thrown);
        if (error === undefined) throw thrown;
        if (this.#breaker.why !== undefined) throw new RemoteError(this.#breaker.why, "off");
        if (this.#isLast(error, tries)) throw error;
        await backOff(tries, this.#breaker.signal);
      }
    }
  }

  /** Takes note of a failure; whether to give up. */
  #isLast({ severity, strikes, message }: RemoteError, tries: number): boolean {
    const isAnswer = severity !== "again";
    // A server that was silent from the beginning is not asked again.
    const isLast = tries >= (severity === "damaged" ? 2 : severity === "again" ? MOST_TRIES : 1) ||
      !this.#hasMet && strikes > 1;
    if (severity === "off" || isLast && !isAnswer && !this.#hasMet) this.#breaker.open(message);
    if (!isAnswer) this.#breaker.failed(strikes, message);
    if (isLast && (severity === "again" || severity === "damaged")) this.#breaker.damaged(message);
    this.#hasMet ||= isAnswer;
    return isLast;
  }
}

/** What the connection, or we, have to say; undefined for what has nothing to do with the server, as a full disk. */
function asRemoteError(thrown: unknown): RemoteError | undefined {
  if (thrown instanceof RemoteError) return thrown;
  if (thrown instanceof Error && FOREIGN.has(thrown.name)) return undefined;
  return new RemoteError(reasonOf(thrown), "again", 1, { cause: thrown });
}

const FOREIGN = new Set(["StoreWriteError", "NotFound"]);
