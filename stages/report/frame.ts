/** @file What figures of one panel have in common: titles, colours and shapes of what is told apart, the style. */
import type { TopLevelSpec } from "vega-lite";
import { cycle, OKABE_ITO, SHAPES } from "./palette.ts";
import { STYLE } from "./style.ts";
import { wrap } from "./wrap.ts";

/** A figure of one panel. */
export interface Panel {
  readonly title: string;
  readonly subtitle: readonly string[];
  /** Characters that fit a line of the subtitle. */
  readonly characters: number;
  readonly width: number;
  readonly height: number;
  readonly values: readonly unknown[];
  readonly layer: readonly unknown[];
}

/** The specification; a figure without a title has no subtitle either. */
export function framed({ title, subtitle, characters, width, height, values, layer }: Panel): TopLevelSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: [title, ...subtitle].join(" "),
    ...(title === "" ? {} : {
      title: {
        text: wrap(title, 0.8 * characters),
        subtitle: subtitle.flatMap((line) => wrap(line, characters)),
        anchor: "start",
      },
    }),
    width,
    height,
    data: { values },
    layer,
    padding: 8,
    config: STYLE,
  } as unknown as TopLevelSpec;
}

/** Colour and shape by a field, in the order given. */
export function told(field: string, names: readonly string[], heading: string, legend = true) {
  const title = heading === "" ? null : heading;
  const entry = { field, type: "nominal", title, sort: null, ...(legend ? {} : { legend: null }) };
  return {
    color: { ...entry, scale: { domain: names, range: cycle(OKABE_ITO, names.length) } },
    shape: { ...entry, scale: { domain: names, range: cycle(SHAPES, names.length) } },
  };
}
