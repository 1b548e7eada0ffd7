/** @file The program: `deno run -A cli/main.ts VERB …`. Connects the real world to the verbs. */
import { startSpare } from "../executor/spare.ts";

if (import.meta.main) {
  // Before anything is loaded: everything below, and the worker, load side by side.
  const [verb, ...words] = Deno.args;
  if (verb === "worker" || verb === "run" && !words.some((word) => word.startsWith("--launcher"))) startSpare();
  const [{ execute }, { systemShell }] = await Promise.all([import("./program.ts"), import("./system.ts")]);
  Deno.exit(await execute(Deno.args, systemShell()));
}
