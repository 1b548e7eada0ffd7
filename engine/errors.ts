/** @file Errors of the engine that carry data. */

/** A tfjs kernel that the engine cannot compile. */
export class UnsupportedKernelError extends Error {
  override readonly name = "UnsupportedKernelError";
  /** tfjs's name of the kernel. */
  readonly kernel: string;
  /** The tfjs ops that led to it, outermost first; `"backward"` marks a gradient. */
  readonly path: readonly string[];

  /** Scopes that tfjs opens without a name say nothing and are left out. */
  constructor(kernel: string, scopes: readonly string[]) {
    const path = scopes.filter((scope) => scope !== "unnamed scope" && scope !== "engram" && scope !== "forward")
      .map((scope) => scope.replace(/__op$/, ""));
    const op = path.at(-1);
    const gradient = path.includes("backward");
    const asked = op === undefined || op === "backward" ? "" : ` that tf.${op} asks for`;
    super(
      `Kernel "${kernel}"${asked}${
        gradient ? " in a gradient" : ""
      } cannot be compiled; write the function with other ` +
        "ops, or add a lowering to engine/kernels",
    );
    this.kernel = kernel;
    this.path = path;
  }
}
