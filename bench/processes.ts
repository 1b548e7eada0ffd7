/** @file Whole processes, as a user waits for them: seconds from start to end, and the most memory they held. */

/** What a process took. */
export interface Taken {
  readonly seconds: number;
  /** The most memory it held at once, in megabytes (10^6 bytes); undefined where the system does not tell. */
  readonly peakMegabytes: number | undefined;
  readonly stdout: string;
}

/** How to start a process. */
export interface Started {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end. Throws what it said if it failed. */
export async function time(program: string, args: readonly string[], options: Started = {}): Promise<Taken> {
  const began = performance.now();
  const child = new Deno.Command(program, {
    args: [...args],
    ...options,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let kilobytes: number | undefined;
  // Linux keeps the peak, but forgets it with the process; it is read often enough to miss the last moments only.
  const timer = setInterval(() => kilobytes = peakOf(child.pid) ?? kilobytes, 5);
  const { success, stdout, stderr } = await child.output();
  const seconds = (performance.now() - began) / 1000;
  clearInterval(timer);
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Cannot run "${program} ${args.join(" ")}": ${decoder.decode(stderr)}`);
  const peakMegabytes = kilobytes === undefined ? undefined : kilobytes * 1024 / 1e6;
  return { seconds, peakMegabytes, stdout: decoder.decode(stdout) };
}

function peakOf(pid: number): number | undefined {
  try {
    const found = /VmHWM:\s+(\d+) kB/.exec(Deno.readTextFileSync(`/proc/${pid}/status`));
    return found === null ? undefined : Number(found[1]);
  } catch {
    return undefined; // ended, or not Linux
  }
}
