/**
 * @file What a stage's result must not depend on, because no cache key can see it: one entry a cause, with what to do
 * instead. The lint rules and the guard at run time share it.
 */

/** What keys cannot see. Each is a lint rule too: `engram/no-clock`. */
export type Cause = "randomness" | "clock" | "environment" | "files" | "network" | "locale";

/** What is said of a cause. */
export interface CauseText {
  /** Completes "Stage "train" …". */
  readonly does: string;
  /** What to do instead. */
  readonly remedy: string;
}

/** Causes, by name. */
export const CAUSES: Readonly<Record<Cause, CauseText>> = {
  randomness: {
    does: "draws random numbers",
    remedy: 'draw from stream(seed, context.branch) of "engram/engine/random.ts", with a parameter "seed"',
  },
  clock: {
    does: "reads the clock",
    remedy: "take the time as a parameter; the executor measures how long stages take",
  },
  environment: {
    does: "reads the environment",
    remedy: 'take the value as a parameter, or use "device" and "dataDirectory" of the context',
  },
  files: {
    does: "uses files",
    remedy: 'name them in the stage\'s option "files", so that their contents enter the key, or import them as JSON',
  },
  network: {
    does: "uses the network",
    remedy:
      'take the data as an input: a stage that loads them checks their digest and says so in its option "outside"',
  },
  locale: {
    does: "depends on locale or time zone",
    remedy: 'name the locale, such as "en", and the time zone, such as "UTC"',
  },
};
