/** @file The redrawn part of a terminal, drawn by log-update. */
import { createLogUpdate } from "log-update";
import type { Sink } from "../shell.ts";
import type { Canvas } from "./live.ts";

const hideCursor = "\x1b[?25l";
const showCursor = "\x1b[?25h";

/** A canvas at the bottom of a terminal. */
export function terminalCanvas(sink: Sink): Canvas {
  // log-update asks for no more of its stream than these four. It may not hide the cursor: the package it does that
  // with ends the process at the first Ctrl-C.
  const stream = {
    isTTY: true,
    get columns() {
      return sink.size().columns;
    },
    get rows() {
      return sink.size().rows;
    },
    write: (text: string) => sink.write(text),
  };
  const update = createLogUpdate(stream as unknown as Parameters<typeof createLogUpdate>[0], { showCursor: true });
  let hidden = false;
  return {
    draw(text) {
      if (!hidden) sink.write(hideCursor);
      hidden = true;
      update(text);
    },
    above: (line) => update.persist(line),
    close() {
      update.clear();
      if (hidden) sink.write(showCursor);
      hidden = false;
    },
    size: () => sink.size(),
  };
}
