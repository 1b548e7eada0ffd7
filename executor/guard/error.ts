/** @file The error that stops code which depends on what the cache cannot see. */
import { type Cause, CAUSES } from "./causes.ts";

/** A stage, or a module while it was loaded, used something that its cache key cannot see. */
export class ImpureStageError extends Error {
  override readonly name = "ImpureStageError";
  /** Why that is wrong: the name of a lint rule without `engram/no-`. */
  readonly kind: Cause;
  /** What was used: `Date.now`. */
  readonly use: string;

  constructor(who: string, kind: Cause, use: string, where: string) {
    const { does, remedy } = CAUSES[kind];
    super(`${who} ${does} with "${use}"${where && ` (${where})`}, which no cache key can see: ${remedy}`);
    this.kind = kind;
    this.use = use;
  }
}
