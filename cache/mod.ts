/**
 * @file The content-addressed store: canonical digests, Arrow files, records. It stores tables and knows nothing of what
 * they are for.
 */
export { canonicalJson, parseCanonicalJson } from "./canonical_json.ts";
export { type CheckpointData, CheckpointFile, type CheckpointTensor } from "./checkpoints.ts";
export type { Claim, ClaimOptions, WaitOptions } from "./claims.ts";
export { decodeAnyTable, decodeTable, encodeTable, loadCodec } from "./codec.ts";
export { DIGEST_VERSION, digestBatches, type Digested, digestItems, digestTable } from "./digest.ts";
export { DamagedObjectError, MissingObjectError, StoreOpenError, StoreWriteError } from "./errors.ts";
export { collect, type CollectOptions } from "./gc.ts";
export type { CollectReport, Removed, Tally } from "./gc_report.ts";
export { hash } from "./hash.ts";
export type { Holder } from "./holder.ts";
export type { Lease, LeaseOptions } from "./leases.ts";
export { Listing } from "./listing.ts";
export type { Note } from "./note.ts";
export type { StoredTable, TableBatches, TypedTable } from "./objects.ts";
export { hasDied, type ProcessIdentity, thisProcess } from "./processes.ts";
export type { Warn } from "./publisher.ts";
export type { RecordItem, StoreRecord } from "./record.ts";
export { listRecords } from "./record_list.ts";
export { Store } from "./store.ts";
export type { StoreOptions } from "./store_options.ts";
export { checkTable } from "./table.ts";
export type {
  ColumnData,
  ColumnSchema,
  Dtype,
  Elements,
  Schema,
  TableData,
  TableType,
  Tensor,
  TypedArray,
} from "./table.ts";
export type { SendingProgress, Upstream, UpstreamReport } from "./upstream.ts";
export { STORE_VERSION } from "./version.ts";
export { type Damage, verify, type VerifyOptions, type VerifyProgress, type VerifyReport } from "./verify.ts";
