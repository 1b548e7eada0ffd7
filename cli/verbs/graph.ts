/** @file `graph PIPELINE`: draws the stage graph. */
import { Command, Option } from "@commander-js/extra-typings";
import type { Graph } from "../../dsl/mod.ts";
import { pictureOf } from "../graph/picture.ts";
import * as request from "../options/request.ts";
import type { Shell } from "../shell.ts";

const formats = ["mermaid", "dot", "svg", "json"] as const;

/** How each format is written. */
const writers: Readonly<Record<(typeof formats)[number], (graph: Graph, allEdges: boolean) => Promise<string>>> = {
  async mermaid(graph, allEdges) {
    const { mermaid } = await import("../graph/mermaid.ts");
    return mermaid(pictureOf(graph, allEdges));
  },
  async dot(graph, allEdges) {
    const { dot } = await import("../graph/dot.ts");
    return dot(pictureOf(graph, allEdges));
  },
  async svg(graph, allEdges) {
    const { svg } = await import("../graph/svg.ts");
    return await svg(await writers.dot(graph, allEdges));
  },
  async json(graph) {
    const { graphDocument } = await import("../graph/json.ts");
    return graphDocument(graph);
  },
};

/** Makes the verb. */
export function graphVerb(shell: Shell) {
  return new Command("graph")
    .description("Draw a pipeline's stage graph")
    .argument("<pipeline>", request.pipelineHelp)
    .addOption(new Option("--format <name>", "how to draw it").choices(formats).default("mermaid" as const))
    .option("--all-edges", "draw also the edges that longer paths imply")
    .addOption(request.presetOption())
    .addOption(request.setOption())
    .addOption(request.paramsOption())
    .action(async (pipeline, flags) => {
      const asked = await request.pipelineRequest(pipeline, flags, shell);
      const executor = await shell.executor();
      shell.stdout.write(await writers[flags.format](await executor.graph(asked), flags.allEdges ?? false));
    });
}
