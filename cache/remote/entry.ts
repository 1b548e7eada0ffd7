/**
 * @file What lies under a key: records, each with the signature of whoever vouches for it, and the blobs that hold its
 * objects. Several people may vouch for one key, each with a record of their own: nobody takes another's place, and a
 * reader takes the first that it believes.
 *
 * Objects are named by the digest of what they say, blobs by the SHA-256 of their bytes (servers check that): an entry
 * has both. Both are signed: what a blob says is checked against the digest, but that takes reading it, and no file is
 * parsed that a stranger could have made.
 */
import { canonicalJson } from "../canonical_json.ts";
import { digestItems } from "../digest.ts";
import { asRecord, type StoreRecord } from "../record.ts";
import { seal, unseal } from "../sealed_json.ts";
import { type Blob256, encodeActionResult, textOfActionResult } from "./action_result.ts";
import { isSigned, type KeyRing } from "./keys.ts";
import type { Trust } from "./options.ts";

/** Raised when entries change; earlier ones then count as absent. */
const ENTRY_VERSION = 1;

/** People who may vouch for a key; of more, the earliest are dropped. */
const MOST_VOUCHED = 8;

/** A record and where its objects are. */
export interface Located {
  readonly record: StoreRecord;
  /** One for each item of the record. */
  readonly blobs: readonly Blob256[];
}

/** The same, and who says so. */
export interface Vouched extends Located {
  /** A public key, and its signature over the canonical text of record and blobs. */
  readonly key: string;
  readonly signature: string;
}

/** The bytes of an entry. */
export function encodeEntry(vouched: readonly Vouched[]): Uint8Array {
  const files = new Map(vouched.flatMap(({ blobs }) => blobs.map((blob) => [blob.sha256, blob] as const)));
  return encodeActionResult(seal({ version: ENTRY_VERSION, vouched }), files.values());
}

/** Reads an entry of a key. Throws where the bytes are none, or are that of another key. */
export function decodeEntry(key: string, bytes: Uint8Array): readonly Vouched[] {
  const { version, vouched } = unseal(textOfActionResult(bytes)) as { version: unknown; vouched: unknown };
  if (version !== ENTRY_VERSION || !Array.isArray(vouched)) {
    throw new TypeError("Cannot use an entry of another version");
  }
  return vouched.slice(-MOST_VOUCHED).map((one) => asVouched(key, one));
}

/** Vouches for a record. */
export async function vouch({ record, blobs }: Located, { own }: KeyRing): Promise<Vouched> {
  const located = { record, blobs };
  return { ...located, key: own?.name ?? "", signature: await own?.sign(toBeSigned(located)) ?? "" };
}

/** The first record of an entry that is believed; one of a known key before one of somebody else's. */
export async function believed(
  vouched: readonly Vouched[],
  keys: KeyRing,
  trust: Trust,
): Promise<Located | undefined> {
  for (const one of vouched) {
    const isKnown = trust === "own" ? one.key === keys.own?.name : keys.known.has(one.key);
    if (isKnown && await isSigned(one.key, one.signature, toBeSigned(one))) return one;
  }
  return trust === "all" ? vouched[0] : undefined;
}

/** An entry with ours added to it, in the place of our earlier one only. */
export function withOurs(ours: Vouched, theirs: readonly Vouched[]): readonly Vouched[] {
  return [...theirs.filter(({ key }) => key !== ours.key).slice(1 - MOST_VOUCHED), ours];
}

/** The use is signed too, so that the signature is good for nothing else. */
function toBeSigned({ record, blobs }: Located): Uint8Array {
  return new TextEncoder().encode(`engram entry ${ENTRY_VERSION}\n${canonicalJson({ record, blobs })}`);
}

function asVouched(key: string, value: unknown): Vouched {
  const { record: found, blobs, key: signer, signature } = value as Vouched;
  const record = asRecord(key, found);
  const digests = record.items.map(({ digest }) => digest);
  const isOne = digests.length === 1 && digests[0] === record.digest;
  if (!isOne && digestItems(record.type, digests) !== record.digest) {
    throw new TypeError("Cannot use a record whose digest is not that of its items");
  }
  const isSound = typeof signer === "string" && typeof signature === "string" && Array.isArray(blobs) &&
    blobs.length === digests.length && blobs.every(isBlob);
  if (!isSound) throw new TypeError("Cannot use an entry: a field is missing or of another type");
  return { record, blobs, key: signer, signature };
}

function isBlob(blob: Blob256): boolean {
  return /^[0-9a-f]{64}$/.test(blob?.sha256) && Number.isSafeInteger(blob.bytes) && blob.bytes > 0;
}
