/** @file Colours, where they are wanted. */
import { styleText } from "node:util";
import type { Sink } from "../shell.ts";

/** Styles that the program uses. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Puts a style on a text, or leaves it plain. */
export type Paint = (style: Style, text: string) => string;

/** Paints for a stream: in colour on a terminal that has not asked for none. */
export function painter(sink: Pick<Sink, "colours">): Paint {
  return sink.colours ? coloured : plain;
}

/** Leaves text as it is. */
export function plain(_style: Style, text: string): string {
  return text;
}

function coloured(style: Style, text: string): string {
  return styleText(style, text, { validateStream: false }); // the sink knows its stream better than node:util
}
