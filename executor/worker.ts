/** @file A worker: builds the same graph as the run that started it, then runs the tasks it is sent, one at a time. */
import { format } from "node:util";
import { loadCodec, Store } from "../cache/mod.ts";
import type { GraphNode, StageContext } from "../dsl/mod.ts";
import { hurry } from "./checkpoint.ts";
import { CodeIndex } from "./code/index.ts";
import { stopNormalizing } from "./code/normalize.ts";
import { RequestError } from "./errors.ts";
import { execute, type Task } from "./execute.ts";
import { executeTogether, mostTogether } from "./execute_together.ts";
import { keyOf, type Manifest, manifestOf } from "./key.ts";
import { load } from "./load.ts";
import { type FromWorker, toSent, type ToWorker } from "./messages.ts";
import { environmentOf, surround, type Surroundings } from "./runner.ts";

/** Milliseconds between two progress messages. */
const PROGRESS_INTERVAL = 100;

/** What a worker's global scope offers; the compiler believes every module runs on the main thread. */
interface WorkerScope {
  postMessage(message: FromWorker): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
}

const scope = globalThis as unknown as WorkerScope;
const abort = new AbortController();
let store: Store;
let codes: CodeIndex;
let surroundings: Surroundings;
let nodes: ReadonlyMap<string, GraphNode>;

function send(message: FromWorker): void {
  scope.postMessage(message);
}

// Standard output carries the run's results, so what a stage prints becomes a message to the user.
for (const method of ["log", "info", "debug"] as const) {
  console[method] = (...words: unknown[]) => send({ kind: "log", at: 0, message: format(...words) });
}

async function begin(message: Extract<ToWorker, { kind: "begin" }>): Promise<void> {
  store = await Store.open(message.cache, { warn: (message) => send({ kind: "warning", at: 0, message }) });
  codes = new CodeIndex(store);
  surroundings = message.surroundings;
  const { graph } = await load(message.request);
  nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  await loadCodec(); // every task ends with a table; side by side with the pool's own, this would take twice as long
  send({ kind: "ready" });
}

/** What a task's manifest would be by the code and the parameters that this worker has. */
async function manifestHere({ manifest: { inputs, files, branch } }: Task, { node }: GraphNode): Promise<Manifest> {
  const code = await codes.digest(node.stage);
  await stopNormalizing();
  return manifestOf(node.stage, code, node.params, inputs, files, branch);
}

/** The node of a task, if its key is what this worker's own graph leads to. */
async function nodeOf(task: Task): Promise<GraphNode> {
  const node = nodes.get(task.node);
  if (node === undefined || keyOf(await manifestHere(task, node)) !== task.key) {
    throw new RequestError(
      `The pipeline or the code of stage "${task.manifest.stage}" changed meanwhile: run it again`,
    );
  }
  return node;
}

async function run(tasks: readonly Task[]): Promise<void> {
  const [node] = await Promise.all(tasks.map(nodeOf));
  const machine = await surround(tasks[0]!, surroundings);
  const environment = environmentOf(machine.device);
  const contexts = tasks.map((task, at): StageContext => {
    let last = 0;
    return {
      ...machine,
      branch: task.manifest.branch,
      signal: abort.signal,
      log: (message) => send({ kind: "log", at, message }),
      progress: (progress) => {
        if (performance.now() - last < PROGRESS_INTERVAL && progress.done < progress.total) return;
        last = performance.now();
        send({ kind: "progress", at, progress });
      },
    };
  });
  if (tasks.length === 1) {
    send({ kind: "done", at: 0, record: await execute(tasks[0]!, node!, store, contexts[0]!, environment) });
    return;
  }
  await executeTogether(tasks, node!, store, contexts, environment, (at, end) => {
    if ("record" in end) send({ kind: "done", at, record: end.record });
    else send({ kind: "failed", at, error: toSent(end.error) });
  });
}

scope.addEventListener("message", async ({ data }) => {
  try {
    if (data.kind === "abort") abort.abort();
    else if (data.kind === "hurry") hurry();
    else if (data.kind === "begin") await begin(data);
    else if (data.kind === "run") await run(data.tasks);
    else send({ kind: "most", most: await mostTogether(data.task, await nodeOf(data.task), store, data.room) });
  } catch (error) {
    const count = data.kind === "run" ? data.tasks.length : 1;
    for (let at = 0; at < count; at++) send({ kind: "failed", at, error: toSent(error) });
  }
});
