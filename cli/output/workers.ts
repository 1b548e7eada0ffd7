/** @file Pools and their workers, as people read them. */
import type { PoolReport, WorkerReport } from "../../executor/cluster/report.ts";
import { clock } from "./duration.ts";
import type { Paint } from "./paint.ts";

/** Failures that are printed of each pool; of the others the number. */
const SHOWN = 5;

/** Tables of pools. */
export async function describePools(pools: readonly PoolReport[], paint: Paint): Promise<string> {
  if (pools.length === 0) return "Nobody works on this pipeline\n";
  const { align } = await import("./align.ts");
  return pools.map((pool) => {
    const rows = pool.workers.map(rowOf);
    const header = ["WORKER", "WHERE", "STATE", "RAN", "FAILED", "BUSY", "SEEN", "AT"].map((title) =>
      paint("bold", title)
    );
    return [
      `${paint("bold", `Pool ${pool.id}`)}: ${pool.crews.map(crewOf).join(", ") || "no workers"}; ran ${pool.ran}, ` +
      `${pool.branchesAMinute.toFixed(1)} a minute; logs in "${pool.folder}"\n`,
      rows.length > 0 ? align([header, ...rows], new Set([3, 4, 5, 6])) : "No worker has begun yet\n",
      ...pool.failures.slice(0, SHOWN).map(({ node, branch, message }) =>
        `${paint("red", "failed")} ${node}, branch ${branch}: ${message}\n`
      ),
      pool.failures.length > SHOWN ? `and ${pool.failures.length - SHOWN} more failures\n` : "",
    ].join("");
  }).join("\n");
}

function crewOf({ kind, size, handle }: PoolReport["crews"][number]): string {
  const where = handle.launcher === "slurm"
    ? `Slurm job ${handle.job}`
    : handle.launcher === "local"
    ? "local"
    : "by hand";
  return `${size} worker${size === 1 ? "" : "s"}${kind === "any" ? "" : ` (${kind})`}, ${where}`;
}

function rowOf({ id, job, host, pid, state, why, ran, failed, busy, seenSecondsAgo, current }: WorkerReport): string[] {
  const [first, ...more] = current;
  const at = first === undefined
    ? why
    : `${first.node} ${first.branch} (${clock(first.seconds)}${
      first.total > 0 ? `, ${Math.floor(100 * first.done / first.total)}%` : ""
    })${more.length > 0 ? ` and ${more.length} more` : ""}`;
  return [
    id.slice(0, 8),
    job === "" ? `${host} ${pid}` : job,
    state,
    String(ran),
    String(failed),
    `${Math.round(100 * busy)}%`,
    clock(seenSecondsAgo),
    at,
  ];
}
