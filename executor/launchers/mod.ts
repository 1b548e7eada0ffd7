/** @file The launchers, by name. A new one is a file here and a line below. @module */
import type { Handle } from "../cluster/folder.ts";
import type { Launcher } from "./launcher.ts";
import { local } from "./local.ts";
import { none } from "./none.ts";
import { slurm } from "./slurm.ts";

export { type Launched, type Launcher, LaunchError, type Order } from "./launcher.ts";
export { asProfile, type CrewSite, crewsOf, type Profile } from "./profile.ts";

/** Every launcher. */
export const launchers: Readonly<Record<Handle["launcher"], Launcher>> = { slurm, local, none };
