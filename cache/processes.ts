/** @file Which process holds something, and whether it is certainly gone: known only of processes of the same machine. */
import process from "node:process";
import { codeOf } from "./files.ts";

/** A process, told apart from all that had or will have its number. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Equal for two processes only if they can look each other up by number: same boot, same container. */
  readonly machine: string;
  /** When the process started, as its system says it; "" where the system does not tell. */
  readonly started: string;
}

/** The process that runs this. */
export function thisProcess(): ProcessIdentity {
  return { host: Deno.hostname(), pid: Deno.pid, machine: machine(), started: startOf(Deno.pid) ?? "" };
}

/** Whether a process is certainly gone: of this machine, and either nothing or another process has its number now. */
export function hasDied({ machine: theirs, pid, started }: ProcessIdentity): boolean {
  if (theirs !== machine()) return false;
  try {
    process.kill(pid, 0); // sends nothing
  } catch (error) {
    // EPERM: it is there, and another user's. (/proc may hide those, so it is not asked first.)
    if (codeOf(error) === "ESRCH") return true;
  }
  const now = startOf(pid);
  return now === ENDED || now !== undefined && started !== "" && now !== started;
}

/** A process that was killed and whose parent has not noticed yet. */
const ENDED = "ended";

let machineName: string | undefined;

function machine(): string {
  return machineName ??= [Deno.build.os, Deno.hostname(), ...linuxNames()].join(" ");
}

/** Containers may share a host's name but not its process numbers; after a boot, numbers begin anew. */
function linuxNames(): readonly string[] {
  if (Deno.build.os !== "linux") return [];
  try {
    return [Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim(), Deno.readLinkSync("/proc/self/ns/pid")];
  } catch {
    return [`unknown ${crypto.randomUUID()}`]; // equal to no other: nobody is judged by a number alone
  }
}

/** When a process started; undefined if it is gone or can not be seen. */
function startOf(pid: number): string | undefined {
  if (Deno.build.os === "windows") return undefined;
  return Deno.build.os === "linux" ? linuxStart(pid) : psStart(pid);
}

/** Field 22 of proc(5)'s stat, in clock ticks since boot; a name in brackets comes before it, and may hold anything. */
function linuxStart(pid: number): string | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? ENDED : fields[19];
  } catch {
    return undefined;
  }
}

function psStart(pid: number): string | undefined {
  try {
    const { success, stdout } = new Deno.Command("ps", { args: ["-o", "lstart=", "-p", String(pid)] }).outputSync();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch {
    return undefined;
  }
}
