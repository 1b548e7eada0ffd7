/**
 * @file The table of views: kind -> copies of an image that a model is asked about.
 * @module
 */
import { z } from "zod";
import type { ImageShape } from "../../train/tensors.ts";
import { variants } from "../../train/variants.ts";
import { identity } from "./identity.ts";
import { mirror } from "./mirror.ts";
import { rotations } from "./rotations.ts";
import { shifts } from "./shifts.ts";
import type { Blend, PixelMap, Views } from "./view.ts";

const views = { identity, mirror, rotations, shifts };
const kinds = Object.keys(views) as [keyof typeof views, ...(keyof typeof views)[]];
const viewsByKind = variants(views);

/**
 * Which copies of each image to predict. A kind's name alone stands for it with its defaults: `"shifts"` is
 * `{ kind: "shifts", distance: 1, fill: "edge" }`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { viewsSpec } from "engram/stages/predict/views/mod.ts";
 * assert(JSON.stringify(viewsSpec.parse("shifts")) === '{"kind":"shifts","distance":1,"fill":"edge"}');
 * ```
 */
export const viewsSpec = z.union([z.enum(kinds).transform((kind) => viewsByKind.parse({ kind })), viewsByKind]);
/** Which copies of each image to predict, parsed. */
export type ViewsSpec = z.output<typeof viewsSpec>;

/** For each view, where its pixels come from. The first view is the image itself. */
export function pixelMaps(spec: ViewsSpec, shape: ImageShape): readonly (PixelMap | Blend)[] {
  // The table pairs each kind with its own spec; TypeScript cannot follow that through an index.
  return (views[spec.kind] as unknown as Views<z.ZodObject>).maps(spec, shape);
}
