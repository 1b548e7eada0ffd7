/** @file ablation(): a pipeline with some parameters changed, as a pipeline of its own. */
import { merge } from "../overrides.ts";
import type { AnyPipeline } from "../pipeline.ts";
import { checkParams } from "./check_params.ts";
import type { AblationDocument } from "./read.ts";

/**
 * The pipeline that an ablation describes: every preset of `base` with the file's parameters merged over it. Its
 * `default` preset is the one that the file names, so that running the file without options runs what it says.
 *
 * @param base the pipeline that the file's `pipeline` entry leads to.
 * @throws YamlError when the preset is unknown, or when the base's schema refuses the parameters, at their lines.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ablation, readYaml } from "engram/dsl/yaml/mod.ts";
 * import { z } from "zod";
 * const base = { name: "p", params: z.object({ n: z.int() }), presets: { default: { n: 1 } }, graph: () => ({}) };
 * const document = readYaml("{ pipeline: ./p.ts, params: { n: 2 } }", "more.yaml");
 * if (document.kind === "ablation") {
 *   assert(JSON.stringify(ablation(document, base).presets.default) === '{"n":2}');
 * }
 * ```
 */
export function ablation(document: AblationDocument, base: AnyPipeline): AnyPipeline {
  const { source, preset } = document;
  const chosen = preset?.text ?? "default";
  if (!Object.hasOwn(base.presets, chosen)) {
    source.reportUnknown(
      preset?.at ?? document.pipeline.at,
      `preset "${chosen}" of pipeline "${base.name}"`,
      chosen,
      Object.keys(base.presets),
    );
    source.check();
  }
  const presets = Object.fromEntries(
    Object.entries(base.presets).map(([name, params]) => [name, merge(params, document.params)]),
  );
  presets.default = presets[chosen];
  checkParams(source, base.params, presets.default, {
    of: `pipeline "${base.name}"`,
    entry: document.paramsEntry,
    owner: document.pipeline.at,
  });
  source.check();
  return { ...base, name: document.name ?? nameOf(source.file), presets };
}

/** `pipelines/rho-scan.yaml` goes by `rho-scan`; what cannot name a folder becomes `-`. */
function nameOf(file: string): string {
  const stem = file.replace(/^.*[/\\]/, "").replace(/\.ya?ml$/, "").replace(/[^\w.-]/g, "-").replace(
    /^[^A-Za-z0-9]+/,
    "",
  );
  return stem === "" ? "ablation" : stem;
}
