/** @file Workers as processes on this machine. They end when the command that launched them does. */
import { join } from "node:path";
import { hasDied, type ProcessIdentity, thisProcess } from "../../cache/mod.ts";
import type { Handle } from "../cluster/folder.ts";
import { projectOf, workerWords } from "./command.ts";
import { type Launcher, LaunchError } from "./launcher.ts";

/** Milliseconds that a worker gets to end by itself: it saves what it is at. */
const GRACE_MS = 20_000;

/** The launcher of processes. */
export const local: Launcher = {
  patienceMs: 500,
  tied: true,

  async launch(order) {
    await Deno.mkdir(order.folder, { recursive: true });
    const [program, ...args] = workerWords(order) as [string, ...string[]];
    const processes: ProcessIdentity[] = [];
    for (let i = 0; i < order.size; i++) {
      const child = new Deno.Command(program, {
        args,
        cwd: projectOf(order),
        env: { NO_COLOR: "1" },
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn();
      // So many processes do not fit on one terminal.
      const log = await Deno.open(join(order.folder, `${order.crew}-${i}.log`), { create: true, append: true });
      child.stderr.pipeTo(log.writable).catch(() => {});
      child.status.catch(() => {});
      child.unref();
      processes.push(identityOf(child.pid));
    }
    return { handle: { launcher: "local", processes }, told: `${order.size} workers on this machine` };
  },

  alive: (handle) => {
    const processes = processesOf(handle);
    const here = thisProcess().machine;
    if (processes.some(({ machine }) => machine !== here)) return Promise.resolve(undefined);
    return Promise.resolve(processes.filter((process) => !hasDied(process)).length);
  },

  async cancel(handle) {
    const here = thisProcess().machine;
    const left = () => processesOf(handle).filter((process) => process.machine === here && !hasDied(process));
    if (processesOf(handle).some(({ machine }) => machine !== here)) {
      throw new LaunchError(`Cannot end workers of machine "${processesOf(handle)[0]!.host}" from this one`);
    }
    for (const { pid } of left()) send(pid, "SIGTERM");
    const until = performance.now() + GRACE_MS;
    while (left().length > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
    for (const { pid } of left()) send(pid, "SIGKILL");
  },
};

function processesOf(handle: Handle): readonly ProcessIdentity[] {
  return handle.launcher === "local" ? handle.processes : [];
}

/** A process that this one started. */
function identityOf(pid: number): ProcessIdentity {
  return { ...thisProcess(), pid, started: thisProcess().started === "" ? "" : startOf(pid) };
}

function startOf(pid: number): string {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return ""; // another system, or it has ended: then its number says so
  }
}

function send(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
