/**
 * @file Who one is, to the server: a bearer token or a user's password, from a file, so that neither stands in a command
 * line, an address, the environment or a log.
 */
import { Buffer } from "node:buffer";
import { readOptionFile, RemoteOptionsError } from "./options.ts";

/**
 * The `authorization` header for what a file holds, in one line: `Bearer TOKEN`, `Basic user:password`, or these without
 * their first word, where a colon tells the second from the first. Throws RemoteOptionsError.
 */
export async function authorizationOf(file: string): Promise<string> {
  const text = (await readOptionFile(file, "credentials")).trim();
  const [, word, rest] = /^(?:(bearer|basic)[ \t]+)?(.*)$/is.exec(text)!;
  // What the file holds is never quoted.
  if (rest === "" || !/^[\x20-\x7e\u0080-\uffff]+$/.test(rest!)) {
    throw new RemoteOptionsError(`Cannot use the credentials "${file}": write one line, a token or "user:password"`);
  }
  const isBasic = word === undefined ? rest!.includes(":") : word.toLowerCase() === "basic";
  if (isBasic) return `Basic ${Buffer.from(rest!, "utf8").toString("base64")}`;
  if (/^[\x21-\x7e]+$/.test(rest!)) return `Bearer ${rest}`;
  throw new RemoteOptionsError(`Cannot use the credentials "${file}": a token has no spaces and no other letters`);
}
