/** @file The program: `deno run -A cli/main.ts VERB …`. Connects the real world to the verbs. */
import { execute } from "./program.ts";
import { systemShell } from "./system.ts";

if (import.meta.main) Deno.exit(await execute(Deno.args, systemShell()));
