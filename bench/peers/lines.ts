/** @file Splits a stream of text into lines. */

/** Text in, lines out. */
export class TextLineStream extends TransformStream<string, string> {
  /** A line that never ends is passed on when the stream does. */
  constructor() {
    let rest = "";
    super({
      transform(chunk, controller) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop()!;
        for (const line of lines) controller.enqueue(line);
      },
      flush(controller) {
        if (rest) controller.enqueue(rest);
      },
    });
  }
}
