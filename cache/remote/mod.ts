/** @file The remote tier: results of a store shared through a server in the layout of Bazel's HTTP caches. */
export { PATIENCE, type Patience, type RemoteOptions, RemoteOptionsError, type Trust } from "./options.ts";
export { type Attach, remoteTier } from "./remote.ts";
