/**
 * @file Takes the programs that stages would run, without running them: each stage is started on its first branch with a
 * cache of programs that keeps what it is given, and with programs that compute nothing, so that it comes to the next one.
 * What it makes of that is thrown away.
 */
import type { GraphNode, ProgramCache } from "../dsl/mod.ts";
import { Branches } from "./branches.ts";
import { RequestError } from "./errors.ts";
import { execute } from "./execute.ts";
import { apart } from "./guard/mod.ts";
import { prepare, type Prepared, type Result } from "./prepare.ts";
import type { PipelineRequest, RunOptions } from "./request.ts";
import { environmentOf, type Runner } from "./runner.ts";
import { matching, selected } from "./select.ts";
import { closeSession, openSession, type Session } from "./session.ts";

/** A program of a node's stage. */
export interface ExportedProgram {
  readonly node: string;
  /** What the stage calls it. */
  readonly name: string;
  /** An ONNX file. */
  readonly bytes: Uint8Array;
}

/** Where a stage's code leads if it compiles programs. */
const COMPILER = /(^|\/)engine\/(compile|scan)\.ts/;

/** A stage of which no further program is expected is stopped after so many seconds without one. */
const PATIENCE = 10;

/** Thrown to a stage that has shown enough. */
class Enough extends Error {
  constructor() {
    super("No further program is expected");
  }
}

/**
 * The programs that the stage of each node runs, in that order, on its first branch.
 *
 * @param only glob over node ids; all that compile programs where it is not given.
 * @param portable whether to use ONNX's own operators only.
 * @throws RequestError when there is no such node, its stage compiles nothing, or its inputs were not made yet.
 */
export async function exportPrograms(
  request: PipelineRequest,
  options: RunOptions,
  { only, portable }: { readonly only?: string | undefined; readonly portable: boolean },
): Promise<ExportedProgram[]> {
  const session = await openSession({ ...request, check: false }, options, () => {});
  try {
    const results = new Map<string, Result>();
    const prepared = new Map<string, Prepared>();
    const taken: ExportedProgram[] = [];
    const found = { programs: [] as Omit<ExportedProgram, "node">[] };
    const runner = exporter(session, options, portable, found);
    const branches = new Branches(session, options, runner, () => {}, results, prepared);
    const wanted = await wantedOf(session, only);
    for (const node of selected(session.graph, undefined)) {
      if (missing(node, results).length > 0) continue;
      const looked = await prepare(node, results, session.store, session.codes);
      prepared.set(node.id, looked);
      if (looked.known !== undefined) results.set(node.id, looked.known);
    }
    for (const node of wanted) {
      const lacks = missing(node, results);
      const first = (await prepared.get(node.id)?.branches())?.[0];
      if (first === undefined) {
        // Without a glob, what can be exported is.
        if (only === undefined) continue;
        const what = lacks.length > 0 ? `its inputs were not made yet (${lacks.join(", ")})` : "it has no items";
        throw new RequestError(
          `Cannot export "${node.id}": ${what}; run the pipeline first, or with --only what it needs`,
        );
      }
      found.programs = [];
      await branches.dryRun(node, first).catch((error) => {
        // A stage may be right not to go on with what programs did not compute.
        if (found.programs.length === 0) throw error;
      });
      taken.push(...found.programs.map((program) => ({ node: node.id, ...program })));
      if (found.programs.length === 0 && only !== undefined) {
        throw new RequestError(`Cannot export "${node.id}": its stage compiles no program on this device`);
      }
    }
    return taken;
  } finally {
    await closeSession(session, () => {});
  }
}

/** The nodes asked for; without a glob those whose code leads to the compiler. */
async function wantedOf(session: Session, only: string | undefined): Promise<readonly GraphNode[]> {
  const compiling: GraphNode[] = [];
  for (const node of session.graph.nodes) {
    const { units } = await session.codes.digest(node.node.stage);
    if (Object.keys(units).some((unit) => COMPILER.test(unit))) compiling.push(node);
  }
  if (only === undefined) return compiling;
  const ids = matching(session.graph, only);
  const wanted = compiling.filter(({ id }) => ids.has(id));
  if (wanted.length > 0) return wanted;
  const known = compiling.map(({ id }) => `"${id}"`).join(", ");
  throw new RequestError(`Cannot export "${only}": its stage compiles no program; those that do: ${known || "none"}`);
}

function missing(node: GraphNode, results: ReadonlyMap<string, Result>): string[] {
  const wired = Object.values(node.inputs).flatMap((wire) => typeof wire === "string" ? [wire] : Object.values(wire));
  return wired.filter((id) => !results.has(id));
}

/** A runner whose stages' programs are put into `found` and compute nothing. */
function exporter(
  session: Session,
  options: RunOptions,
  portable: boolean,
  found: { readonly programs: Omit<ExportedProgram, "node">[] },
): Runner {
  const device = options.device === undefined || options.device === "auto" ? "cpu" : options.device;
  return {
    slots: 1,
    async run(task) {
      let last = performance.now();
      const programs: ProgramCache = {
        portable,
        rehearsal: {
          id: crypto.randomUUID(),
          called() {
            if (apart(() => performance.now()) - last > 1000 * PATIENCE) throw new Enough();
          },
        },
        get: () => Promise.resolve(undefined),
        put(_key, bytes, name) {
          found.programs.push({ name, bytes });
          last = performance.now();
          return Promise.resolve();
        },
      };
      const context = {
        ...{ device, programs, dataDirectory: options.data, branch: task.manifest.branch },
        ...{ progress() {}, log() {}, signal: new AbortController().signal },
      };
      const node = session.graph.nodes.find(({ id }) => id === task.node)!;
      return await execute(task, node, session.store, context, environmentOf(device));
    },
    close: () => Promise.resolve(),
  };
}
