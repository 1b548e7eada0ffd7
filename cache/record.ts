/** @file Records: what a key led to. Written last, so a record's presence says that its objects were published. */

/** One table of a record. */
export interface RecordItem {
  readonly digest: string;
  readonly rows: number;
  /** Size of the object's file when it was published. */
  readonly bytes: number;
}

/** What computing a key gave, and all that a person may ask about it. */
export interface StoreRecord {
  readonly version: number;
  /** The stage key: 64 hexadecimal characters. */
  readonly key: string;
  /** Name of the table type. */
  readonly type: string;
  /** One item, or those of a collection in order. */
  readonly items: readonly RecordItem[];
  /** Digest of the single item, or of the collection. */
  readonly digest: string;
  /** Every ingredient of the key, as plain JSON: to explain a rerun is to compare two manifests. */
  readonly manifest: unknown;
  readonly cost: { readonly seconds: number };
  /** When it was made, ISO 8601. */
  readonly when: string;
  readonly environment: unknown;
}

/** Checks that a value read from a file is the record of `key`; throws TypeError saying what is wrong. */
export function asRecord(key: string, value: unknown): StoreRecord {
  const record = value as StoreRecord;
  if (typeof record !== "object" || record === null) throw new TypeError("Cannot use this record: it is no object");
  if (record.key !== key) throw new TypeError(`Cannot use this record: it is of key "${record.key}"`);
  const sound = Number.isInteger(record.version) && typeof record.type === "string" &&
    HEX.test(record.digest) && typeof record.when === "string" && typeof record.cost?.seconds === "number" &&
    Array.isArray(record.items) && record.items.every(isItem);
  if (!sound) throw new TypeError("Cannot use this record: a field is missing or of another type");
  return record;
}

function isItem(item: RecordItem): boolean {
  return HEX.test(item?.digest) && Number.isInteger(item.rows) && Number.isInteger(item.bytes);
}

/** Digests become parts of paths. */
const HEX = /^[0-9a-f]{64}$/;
