/** @file How a remote cache is used, as plain data: a run hands it to its workers as JSON. Secrets are named by file only. */

/** Whose records are believed. */
export type Trust = "own" | "signed" | "all";

/** How a remote cache is used. */
export interface RemoteOptions {
  /** Where `/ac/` and `/cas/` lie, such as `https://cache.lab.example/engram`. */
  readonly url: string;
  /** Take results, send none. */
  readonly readOnly?: boolean | undefined;
  /** File with a bearer token, or with `user:password`. */
  readonly authFile?: string | undefined;
  /**
   * Whose records are believed: `own`: those signed with the own key; `signed` (the default): those too that a key of
   * `keyFiles` signed; `all`: everybody's who can write to the server, which may then forge results.
   */
  readonly trust?: Trust | undefined;
  /** PEM files of Ed25519 keys. Public ones are believed; the first private one is the own key. */
  readonly keyFiles?: readonly string[] | undefined;
  /** PEM file of the own key where `keyFiles` has none; made when it is first needed. */
  readonly ownKeyFile?: string | undefined;
  /** Which objects are taken: those that are `needed` (the default), or `all` of every result that is found. */
  readonly objects?: "needed" | "all" | undefined;
  /** How long is waited for the server. */
  readonly patience?: Partial<Patience> | undefined;
}

/** How long is waited for a server, in seconds. */
export interface Patience {
  /** For the first answer of a run: a server that does not give it is not asked again. */
  readonly contact: number;
  /** For any later answer to begin. */
  readonly answer: number;
  /** For the next bytes of one. */
  readonly idle: number;
  /** For one as a whole, and as much again for every 4 MiB. */
  readonly whole: number;
}

/** What is waited where nobody says. */
export const PATIENCE: Patience = { contact: 5, answer: 10, idle: 10, whole: 60 };

/** The options of a remote cache can not be used; the message says which and why. */
export class RemoteOptionsError extends TypeError {
  override readonly name = "RemoteOptionsError";
}

/** Reads a file that the options name. Throws RemoteOptionsError. */
export async function readOptionFile(path: string, what: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound ? "there is no such file" : (cause as Error).message;
    throw new RemoteOptionsError(`Cannot read the ${what} "${path}": ${reason}`, { cause });
  }
}
