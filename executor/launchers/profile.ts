/** @file What a site wants told: partition, account, GPUs, time, modules, scratch. From a YAML file, flags, or both. */
import { z } from "zod";
import { didYouMean } from "../../dsl/nearest.ts";
import { RequestError } from "../errors.ts";

/** What can be said of workers, of all or of one crew. */
const crewShape = {
  /** How many. */
  workers: z.int().min(1).optional(),
  partition: z.string().optional(),
  account: z.string().optional(),
  qos: z.string().optional(),
  /** Generic resources, as `sbatch --gres` takes them: `gpu:1`. */
  gres: z.string().optional(),
  constraint: z.string().optional(),
  /** Cores of each worker. */
  cpus: z.int().min(1).optional(),
  /** Memory of each worker, as `sbatch --mem` takes it: `16G`. */
  memory: z.string().optional(),
  /** Time limit, as `sbatch --time` takes it: `04:00:00`, `2-0`. */
  time: z.string().optional(),
  /** Seconds before the limit at which a worker is told: then it saves what it is at, and takes nothing more. */
  notice: z.int().min(10).optional(),
  /** Seconds that what it is at may take on after that before it is stopped; half of the notice by default. */
  grace: z.int().min(0).optional(),
  /** Names for `module load`. */
  modules: z.array(z.string()).optional(),
  /** Lines of shell before the worker starts. */
  setup: z.array(z.string()).optional(),
  /** Folder on a disk of the machine that computes; shell variables are expanded there. */
  scratch: z.string().optional(),
  /** The `deno` to run; the one that runs this by default. */
  deno: z.string().optional(),
  /** Seconds without work after which a worker gives its machine back. */
  idle: z.int().min(1).optional(),
  /** Further options of `sbatch`. */
  options: z.array(z.string()).optional(),
};

const crewSchema = z.strictObject(crewShape);

const profileSchema = z.strictObject({
  launcher: z.enum(["slurm", "local", "none"]).optional(),
  ...crewShape,
  /** Workers of several kinds; without it all take everything. */
  pools: z.strictObject({ gpu: crewSchema.optional(), cpu: crewSchema.optional() }).optional(),
});

/** Settings of workers of one kind. */
export type CrewSite = z.output<typeof crewSchema>;
/** Settings of a site. */
export type Profile = z.output<typeof profileSchema>;

/**
 * Checks a profile that was read from a file.
 *
 * @param where names the file in messages
 * @throws RequestError naming each setting that is unknown or of the wrong kind
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { asProfile } from "engram/executor/launchers/profile.ts";
 * assert.equal(asProfile({ partition: "gpu", workers: 8 }, "site.yaml").workers, 8);
 * assert.throws(() => asProfile({ partion: "gpu" }, "site.yaml"), /did you mean "partition"/);
 * ```
 */
export function asProfile(value: unknown, where: string): Profile {
  const parsed = profileSchema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => {
    const path = issue.path.join(".");
    if (issue.code !== "unrecognized_keys") return `${path || "the profile"}: ${issue.message}`;
    const known = Object.keys(issue.path.length === 0 ? profileSchema.shape : crewSchema.shape);
    return issue.keys.map((key) => `unknown setting "${key}"${path && ` in ${path}`}, ${didYouMean(key, known)}`).join(
      "; ",
    );
  });
  throw new RequestError(`Cannot use the profile "${where}": ${issues.join("; ")}`);
}

/** The settings of each kind of workers: those of all, then its own. */
export function crewsOf(
  { launcher: _launcher, pools, ...all }: Profile,
): Readonly<Partial<Record<"any" | "gpu" | "cpu", CrewSite>>> {
  if (pools === undefined || pools.gpu === undefined && pools.cpu === undefined) return { any: all };
  return {
    ...(pools.gpu && { gpu: { ...all, ...pools.gpu } }),
    ...(pools.cpu && { cpu: { ...all, ...pools.cpu } }),
  };
}
