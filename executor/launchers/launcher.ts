/** @file What a launcher is: it starts workers somewhere, says how many of them there are, and ends them. It starts, and no more. */
import type { CrewKind, Handle } from "../cluster/folder.ts";
import type { CrewSite } from "./profile.ts";

/** Workers to be launched. */
export interface Order {
  readonly pool: string;
  /** The pipeline's name. */
  readonly pipeline: string;
  /** The store's folder, absolute. */
  readonly cache: string;
  /** The pool's folder, for scripts and logs. */
  readonly folder: string;
  readonly crew: CrewKind;
  readonly size: number;
  readonly site: CrewSite;
  /** URL of the program: `cli/main.ts`. */
  readonly program: string;
}

/** Workers that were launched: what finds them again, and words for the user. */
export interface Launched {
  readonly handle: Handle;
  readonly told: string;
}

/** Starts workers. */
export interface Launcher {
  /**
   * Starts them.
   *
   * @throws LaunchError where it cannot
   */
  launch(order: Order): Promise<Launched>;
  /** How many of them there are or will be; undefined where nobody can tell, now or ever. */
  alive(handle: Handle): Promise<number | undefined>;
  /** Ends them; what they finished is kept. */
  cancel(handle: Handle): Promise<void>;
  /** Milliseconds between two questions how many there are. */
  readonly patienceMs: number;
  /** Whether they end with the command that launched them. */
  readonly tied: boolean;
}

/** Workers could not be launched. The name is that of requests which are wrong: nothing ran. */
export class LaunchError extends Error {
  override readonly name = "RequestError";
}
