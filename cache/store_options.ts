/** @file How a store is opened. */
import type { LeaseOptions } from "./leases.ts";
import type { Warn } from "./publisher.ts";
import type { Home, Upstream } from "./upstream.ts";

/** How a store is opened. */
export interface StoreOptions {
  /** Told of damaged records and notes, which count as absent; `console.warn` by default. */
  readonly warn?: Warn;
  /** How this process keeps its leases. */
  readonly leases?: LeaseOptions;
  /** Makes what stands behind the store (remote/mod.ts); not asked where the store can only be read. */
  readonly upstream?: ((home: Home) => Upstream) | undefined;
}
