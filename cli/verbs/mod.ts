/**
 * @file All verbs of the program, in the order of the help text. A verb is one file here and one line below. What takes
 * long to load, such as tables of wide characters, is imported by the action that needs it: every verb waits for this file.
 */
import type { Command } from "@commander-js/extra-typings";
import type { Shell } from "../shell.ts";
import { devicesVerb } from "./devices.ts";
import { engineVerb } from "./engine.ts";
import { explainVerb } from "./explain.ts";
import { gcVerb } from "./gc.ts";
import { graphVerb } from "./graph.ts";
import { ledgerVerb } from "./ledger.ts";
import { logVerb } from "./log.ts";
import { packVerb } from "./pack.ts";
import { planVerb } from "./plan.ts";
import { runVerb } from "./run.ts";
import { schemaVerb } from "./schema.ts";
import { showVerb } from "./show.ts";
import { verifyVerb } from "./verify.ts";
import { workerVerb } from "./worker.ts";
import { workersVerb } from "./workers.ts";

/** Makes a verb's command. */
// deno-lint-ignore no-explicit-any -- commands differ in the types of their arguments and options
export type MakeVerb = (shell: Shell) => Command<any, any, any>;

/** Every verb. */
export const verbs: readonly MakeVerb[] = [
  runVerb,
  planVerb,
  explainVerb,
  graphVerb,
  showVerb,
  ledgerVerb,
  workersVerb,
  workerVerb,
  packVerb,
  logVerb,
  gcVerb,
  verifyVerb,
  devicesVerb,
  engineVerb,
  schemaVerb,
];
