/** @file Programs that rerun what changed, each with the same toy graph: load, 100 branches, a join. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { time } from "./processes.ts";

const here = fileURLToPath(new URL("./peers/executor/", import.meta.url));
const main = fileURLToPath(new URL("../cli/main.ts", import.meta.url));

/** A program with the toy graph. */
export interface Peer {
  readonly name: string;
  /** Says its version; fails where it is not installed. */
  readonly version: readonly [program: string, ...args: string[]];
  /** How to get it. */
  readonly install: string;
  /** Lays out what it needs in a folder; `first` is the parameter that the runs change. */
  readonly prepare?: (folder: string, first: number) => Promise<void>;
  readonly command: (folder: string, first: number) => readonly [program: string, ...args: string[]];
  /** Where it leaves the sum of all numbers, in its folder. */
  readonly result: string;
}

/** Engram and its peers; those come from the Python at `python`. */
export function peers(python: string): readonly Peer[] {
  function packaged(name: string): Pick<Peer, "name" | "version" | "install"> {
    const version = `import importlib.metadata as m; print(m.version("${name}"))`;
    return { name, version: [python, "-c", version], install: `${python} -m pip install ${name}` };
  }
  return [
    {
      name: "Engram",
      version: [Deno.execPath(), "eval", "console.log(Deno.version.deno)"],
      install: "",
      command: (folder, first) =>
        [
          ...[Deno.execPath(), "run", "-A", main, "run", join(here, "toy.ts"), "--set", `first=${first}`, "--quiet"],
          ...["--cache", join(folder, "store"), "--out", folder, "--data", folder, "--jobs", "2"],
        ] as [string, ...string[]],
      result: "toy.txt",
    },
    {
      ...packaged("joblib"),
      command: (folder, first) => [python, join(here, "toy_joblib.py"), folder, `${first}`],
      result: "joblib.txt",
    },
    {
      ...packaged("snakemake"),
      command: (folder, first) =>
        [
          ...[python, "-m", "snakemake", "-s", join(here, "Snakefile"), "-d", folder, "-c", "2"],
          ...["--config", `first=${first}`],
        ] as [string, ...string[]],
      result: "snakemake.txt",
    },
    {
      ...packaged("dvc"),
      async prepare(folder, first) {
        const params = { first, indices: Array.from({ length: 100 }, (_, i) => i) };
        await Deno.writeTextFile(join(folder, "params.yaml"), JSON.stringify(params));
        if (await Deno.stat(join(folder, ".dvc")).then(() => true, () => false)) return;
        for (const file of ["dvc.yaml", "load.sh"]) await Deno.copyFile(join(here, file), join(folder, file));
        await time(python, ["-m", "dvc", "init", "--no-scm", "--quiet"], { cwd: folder });
      },
      command: () => [python, "-m", "dvc", "repro", "--quiet"],
      result: "dvc.txt",
    },
    {
      ...packaged("redun"),
      command: (folder, first) =>
        [
          ...[
            python,
            "-c",
            "from redun.cli import main; main()",
            "--config",
            join(folder, ".redun"),
            "run",
            join(here, "toy_redun.py"),
            "main",
          ],
          ...["--folder", folder, "--first", `${first}`],
        ] as [string, ...string[]],
      result: "redun.txt",
    },
  ];
}
