/**
 * @file The memory that this process may use: the machine's, or less where a control group of Linux limits it, as
 * containers and cluster schedulers do. Files and formats: the kernel's `cgroup-v2.rst` and `cgroup-v1/memory.rst`.
 */
import { dirname, join } from "node:path";

/** Where the kernel tells; tests have folders of their own. */
export interface Places {
  /** The groups of this process. */
  readonly groups: string;
  /** Where the groups' files are mounted. */
  readonly mount: string;
}

const LINUX: Places = { groups: "/proc/self/cgroup", mount: "/sys/fs/cgroup" };

/**
 * Bytes that this process may use at most: the least of `total` and the limits of its control group and of all groups
 * around that one.
 *
 * @param total bytes of the machine
 */
export function usableMemory(total: number = Deno.systemMemoryInfo().total, { groups, mount }: Places = LINUX): number {
  const limits = (textOf(groups) ?? "").split("\n").flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) return [];
    // The second version has one tree of all controllers, which a system that uses both mounts as "unified".
    if (controllers === "") return ["", "unified"].flatMap((tree) => limitsOf(join(mount, tree), path, "memory.max"));
    return controllers!.split(",").includes("memory")
      ? limitsOf(join(mount, "memory"), path, "memory.limit_in_bytes")
      : [];
  });
  return Math.min(total, ...limits);
}

/** The limits of a group and of those around it. In a container its own group may be what is mounted. */
function limitsOf(tree: string, path: string, file: string): number[] {
  const found: number[] = [];
  for (let group = join("/", path);; group = dirname(group)) {
    // "max", of the second version, is no number: no limit. The first version's largest one exceeds any machine.
    const limit = Number.parseInt(textOf(join(tree, group, file)) ?? "", 10);
    if (limit > 0) found.push(limit);
    if (group === "/") return found;
  }
}

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
