/** @file The fixtures that fixtures/make.py wrote: where they are, and the formula of their pixels. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { ArtifactType, Node, Value } from "../../../dsl/mod.ts";
import { recordingContext, runSource } from "./support.ts";

/** The path of a fixture. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

/** The bytes of a fixture. */
export async function fixtureBytes(name: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(fixture(name)));
}

/** Pixel `[h, w, c]` of image n. */
export function pixelOf(n: number, h: number, w: number, c: number): number {
  return (7 * n + 3 * h + 5 * w + 11 * c) % 256;
}

/** All pixels of image n, `[height, width, channel]`. */
export function pixelsOf(n: number, height: number, width: number, channels: number): number[] {
  return Array.from({ length: height * width * channels }, (_, i) => {
    const [h, w] = [Math.floor(i / (width * channels)), Math.floor(i / channels) % width];
    return pixelOf(n, h, w, i % channels);
  });
}

/** Bit f of row n of the tables of bits. */
export function bitOf(n: number, f: number): number {
  return Math.floor(n * f / 3) % 2;
}

/** Runs a stage without inputs in a context that nothing is fetched in. */
export function load<A extends ArtifactType>(node: Node<A, "one">): Promise<Value<A>> {
  return runSource(node, recordingContext(fixture("no-such-folder")).context);
}
