/**
 * @file Key files: Ed25519 in PEM, as `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` write them. The own
 * key is made on first use, and stays with its user: whoever has it can vouch for results in that name.
 */
import { Buffer } from "node:buffer";
import { dirname } from "node:path";
import { readOptionFile, type RemoteOptions, RemoteOptionsError } from "./options.ts";

/** The own key. */
export interface SigningKey {
  /** The public half: 32 bytes in base64. */
  readonly name: string;
  sign(bytes: Uint8Array): Promise<string>;
}

/** Keys of a run. */
export interface KeyRing {
  readonly own: SigningKey | undefined;
  /** Public keys that the user named; the own one is among them. */
  readonly known: ReadonlySet<string>;
}

const PEM = /-----BEGIN (PRIVATE|PUBLIC) KEY-----([A-Za-z0-9+/=\s]+)-----END \1 KEY-----/g;

/**
 * Reads the keys that the options name. Without a private one among them the own key is used, and made unless the server
 * is only read. Throws RemoteOptionsError.
 */
export async function readKeys({ keyFiles = [], ownKeyFile, readOnly = false }: RemoteOptions): Promise<KeyRing> {
  const known = new Set<string>();
  let own: SigningKey | undefined;
  for (const file of keyFiles) {
    const keys = await parse(await readOptionFile(file, "key"), file);
    for (const key of keys) {
      known.add(key.name);
      if ("sign" in key) own ??= key;
    }
  }
  if (own === undefined && ownKeyFile !== undefined) {
    if (!readOnly) await makeIfAbsent(ownKeyFile);
    const isThere = await Deno.stat(ownKeyFile).then(() => true, () => false);
    const keys = isThere ? await parse(await readOptionFile(ownKeyFile, "key"), ownKeyFile) : [];
    own = keys.find((key): key is SigningKey => "sign" in key);
    if (isThere && own === undefined) {
      throw new RemoteOptionsError(`Cannot sign with "${ownKeyFile}": it is no private key`);
    }
  }
  if (own !== undefined) known.add(own.name);
  return { own, known };
}

/** Whether a signature is a key's for these bytes. */
export async function isSigned(name: string, signature: string, bytes: Uint8Array): Promise<boolean> {
  try {
    const raw = Buffer.from(name, "base64");
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, Buffer.from(signature, "base64"), bytes as BufferSource);
  } catch {
    return false; // neither of them is what it says
  }
}

async function parse(text: string, file: string): Promise<(SigningKey | { readonly name: string })[]> {
  const found = [...text.matchAll(PEM)];
  if (found.length === 0) {
    throw new RemoteOptionsError(
      `Cannot find a key in "${file}": make one with "openssl genpkey -algorithm ed25519", and its public half with ` +
        `"openssl pkey -pubout"`,
    );
  }
  try {
    return await Promise.all(found.map(([, kind, body]) => {
      const der = Buffer.from(body!, "base64");
      return kind === "PRIVATE" ? privateKey(der) : publicKey(der);
    }));
  } catch (cause) {
    throw new RemoteOptionsError(`Cannot use the key "${file}": it is not of the kind Ed25519`, { cause });
  }
}

async function privateKey(der: Uint8Array): Promise<SigningKey> {
  const key = await crypto.subtle.importKey("pkcs8", der as BufferSource, "Ed25519", true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", key);
  return {
    name: Buffer.from(x!, "base64url").toString("base64"),
    sign: async (bytes) => {
      return Buffer.from(await crypto.subtle.sign("Ed25519", key, bytes as BufferSource)).toString("base64");
    },
  };
}

async function publicKey(der: Uint8Array): Promise<{ readonly name: string }> {
  const key = await crypto.subtle.importKey("spki", der as BufferSource, "Ed25519", true, ["verify"]);
  return { name: Buffer.from(await crypto.subtle.exportKey("raw", key)).toString("base64") };
}

async function makeIfAbsent(file: string): Promise<void> {
  if (await Deno.stat(file).then(() => true, () => false)) return;
  const { privateKey: key } = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]) as CryptoKeyPair;
  const body = Buffer.from(await crypto.subtle.exportKey("pkcs8", key)).toString("base64");
  const text = `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`;
  const temporary = `${file}.${crypto.randomUUID()}.tmp`;
  try {
    await Deno.mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(temporary, text, { createNew: true, mode: 0o600 });
    await Deno.link(temporary, file); // of two processes, both use the first one's
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) return;
    throw new RemoteOptionsError(`Cannot make a key to sign with, "${file}": ${(cause as Error).message}`, { cause });
  } finally {
    await Deno.remove(temporary).catch(() => {});
  }
}
