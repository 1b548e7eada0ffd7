/** @file From included pipelines to an HTML report: what is wired to it under which names, and its sections. */
import type { z } from "zod";
import {
  graphOf,
  type Included,
  makeNode,
  type Named,
  type Node,
  type Outputs,
  type Stage,
  type StageDefinition,
} from "../../dsl/mod.ts";
import { type Document, Figure, Findings, Table } from "../artifacts/mod.ts";
import type { htmlParams, Section } from "./html/params.ts";
import { findingsTable } from "./findings_table.ts";
import { methodsIn } from "./methods.ts";

/** The inputs of a report, by names that begin with the study's: `attacks/roc`. */
export type StudyInputs = {
  readonly findings: Named<typeof Findings>;
  readonly tables: Named<typeof Table>;
  readonly figures: Named<typeof Figure>;
};

/** What is told of a report itself; sections and methods come from the studies. */
export type ReportParams = Omit<z.input<typeof htmlParams>, "sections" | "methods"> & {
  /** What runs a study alone. */
  readonly command?: (study: Included) => string;
};

/** A stage that joins studies. A YAML file wires its inputs and spells out its sections. */
export interface Joining {
  /** Makes a node. */
  (studies: readonly Included[], params: ReportParams): Node<typeof Document, "one">;
  readonly params: typeof htmlParams;
  readonly definition: StageDefinition;
}

/** Lets a stage be called with included pipelines. */
export function joining(stage: Stage<StudyInputs, typeof htmlParams, typeof Document, undefined>): Joining {
  const { params, definition } = stage;
  function make(studies: readonly Included[], { command, ...told }: ReportParams): Node<typeof Document, "one"> {
    checkNames(studies);
    const shown = studies.map((study) => ({ study, nodes: shownBy(study) }));
    const all = Object.assign({}, ...shown.map(({ nodes }) => nodes)) as Outputs;
    const sections = shown.map(({ study, nodes }): Section => ({
      name: study.name,
      title: titleOf(study.name),
      source: study.source ?? "",
      command: command?.(study) ?? "",
      outputs: Object.keys(nodes),
    }));
    const inputs = { findings: ofType(all, Findings), tables: ofType(all, Table), figures: ofType(all, Figure) };
    const methods = Object.keys(all).length === 0 ? [] : methodsIn(graphOf("report", all));
    return makeNode(definition, inputs, { ...told, sections, methods }) as unknown as Node<typeof Document, "one">;
  }
  return Object.assign(make, { params, definition });
}

function checkNames(studies: readonly Included[]): void {
  for (const [name, { length }] of Map.groupBy(studies, (study) => study.name)) {
    if (length > 1) {
      throw new RangeError(`Cannot report on ${length} studies named "${name}": include each pipeline once`);
    }
  }
}

/** What a section shows: the study's findings, tables and figures. Answers as a table are what findings become here. */
function shownBy({ name, outputs }: Included): Outputs {
  const types = [Findings, Table, Figure].map((type) => type.name as string);
  return Object.fromEntries(
    Object.entries(outputs)
      .filter(([, node]) => node.arity === "one" && types.includes(node.type.name))
      .filter(([, node]) => node.stage.name !== findingsTable.definition.name)
      .map(([output, node]) => [`${name}/${output}`, node]),
  );
}

function ofType(nodes: Outputs, type: { readonly name: string }): Outputs {
  return Object.fromEntries(Object.entries(nodes).filter(([, node]) => node.type.name === type.name));
}

/** `matched-accuracy` -> `Matched accuracy`, `table1` -> `Table 1`. */
function titleOf(name: string): string {
  const words = name.replaceAll(/[-_.]+/g, " ").replace(/([a-z])(\d)/gi, "$1 $2");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
