/** @file What goes wrong with a server, as what is to be done about it. */

/**
 * What to do: ask `again`; take it for `absent`; the same, as what came was `damaged`; send nothing more (`read-only`); or
 * leave the server alone (`off`).
 */
export type Severity = "again" | "absent" | "damaged" | "read-only" | "off";

/** A request that did not work out. */
export class RemoteError extends Error {
  override readonly name = "RemoteError";

  /** @param strikes how much this counts towards leaving the server alone */
  constructor(message: string, readonly severity: Severity, readonly strikes = 1, options?: ErrorOptions) {
    super(message, options);
  }
}

/** What an answer of another status than was hoped for means. */
export function errorOfStatus(status: number, what: "reading" | "writing"): RemoteError {
  const end = what === "reading" ? "off" : "read-only";
  if (status === 401 || status === 403) return new RemoteError(`it refuses ${what} (${status})`, end);
  if (status === 405 || status === 501) return new RemoteError(`it does not know ${what} (${status})`, end);
  if (status === 413) return new RemoteError(`it does not take files of this size (${status})`, "absent");
  if (status === 507) return new RemoteError(`its disk is full (${status})`, end);
  if (status >= 300 && status < 400) return new RemoteError(`it redirects ${what} elsewhere (${status})`, "damaged");
  if (status === 408 || status === 429 || status >= 500) return new RemoteError(`it answered ${status}`, "again");
  return new RemoteError(`it answered ${status}`, "damaged");
}
