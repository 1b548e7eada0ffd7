/**
 * @file Where things lie on the server: the layout of Bazel's HTTP caches, which nginx with WebDAV, bazel-remote and
 * others serve. `/ac/KEY` is what a stage key led to; `/cas/SHA256` are bytes by their own SHA-256.
 *
 * https://bazel.build/remote/caching#http-caching
 */
import { RemoteOptionsError } from "./options.ts";

/** Addresses on one server. */
export class RemoteLayout {
  /** The address that was given, without a slash at its end. */
  readonly url: string;

  /** Throws RemoteOptionsError where the address can not be one, or carries a password, which would end up in logs. */
  constructor(url: string) {
    const parsed = URL.parse(url);
    if (parsed === null || !["http:", "https:"].includes(parsed.protocol)) {
      throw new RemoteOptionsError(`Cannot use ${quoteSafely(url)} as a remote cache: give an http or https address`);
    }
    if (parsed.username !== "" || parsed.password !== "") {
      throw new RemoteOptionsError(
        `Cannot use an address with a password in it as a remote cache, as it would end up in logs: give ` +
          `"${parsed.protocol}//${parsed.host}${parsed.pathname}", and the password in a file`,
      );
    }
    if (parsed.search !== "" || parsed.hash !== "") {
      throw new RemoteOptionsError(`Cannot use "${url}" as a remote cache: leave out what follows "?" or "#"`);
    }
    this.url = parsed.href.replace(/\/+$/, "");
  }

  /** The entry of a stage key. */
  entry(key: string): string {
    return `${this.url}/ac/${checkHex(key)}`;
  }

  /** Bytes by their SHA-256. */
  blob(sha256: string): string {
    return `${this.url}/cas/${checkHex(sha256)}`;
  }
}

/** An address that is none may be anything, so only what comes before a password is shown. */
function quoteSafely(url: string): string {
  return JSON.stringify(url.includes("@") ? `…${url.slice(url.lastIndexOf("@"))}` : url);
}

function checkHex(name: string): string {
  if (/^[0-9a-f]{64}$/.test(name)) return name;
  throw new TypeError(`Cannot ask for ${JSON.stringify(name)}: give 64 lower-case hexadecimal characters`);
}
