/** @file No launcher: says how a worker is started, for schedulers that nobody has written a launcher for. */
import { workerLine } from "./command.ts";
import type { Launcher } from "./launcher.ts";

/** Prints the command. Who has workers started this way ends them that way. */
export const none: Launcher = {
  patienceMs: 30_000,
  tied: false,
  launch: (order) => {
    const kind = order.crew === "any" ? "" : ` for branches that need ${order.crew === "gpu" ? "a GPU" : "no GPU"}`;
    const told = `start workers${kind} anywhere that sees these folders, as many as you like: ${workerLine(order)}`;
    return Promise.resolve({ handle: { launcher: "none" as const }, told });
  },
  alive: () => Promise.resolve(undefined),
  cancel: () => Promise.resolve(),
};
