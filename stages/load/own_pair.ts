/** @file The parameters of a published set that give files of one's own in its place: one of each split. */
import { z } from "zod";
import { readOwn } from "./own_file.ts";

/** What a stage with such parameters is told. */
export interface OwnPair {
  readonly trainFile?: string | undefined;
  readonly testFile?: string | undefined;
}

/** The parameters. */
export function ownPairParams(train: string, test: string, what: string) {
  return {
    trainFile: z.string().min(1).optional().describe(`A file like "${train}" ${what}, in place of the published one`),
    testFile: z.string().min(1).optional().describe(`A file like "${test}" ${what}`),
  };
}

/** Refuses one file without the other. */
export const checkPair = {
  check: ({ trainFile, testFile }: OwnPair) => (trainFile === undefined) === (testFile === undefined),
  error: 'give both "trainFile" and "testFile", or none',
};

/** The files: both, or none. */
export function ownPair({ trainFile, testFile }: OwnPair): readonly string[] {
  return trainFile === undefined || testFile === undefined ? [] : [trainFile, testFile];
}

/** A file's bytes, and its name for messages. */
export type NamedBytes = readonly [bytes: Uint8Array, name: string];

/** The file of each split: one's own, or the published ones of these names. */
export async function filePair(
  own: OwnPair,
  names: readonly [train: string, test: string],
  published: () => Promise<ReadonlyMap<string, Uint8Array>>,
): Promise<readonly [train: NamedBytes, test: NamedBytes]> {
  const [trainFile, testFile] = ownPair(own);
  if (trainFile !== undefined && testFile !== undefined) {
    return [[await readOwn(trainFile), trainFile], [await readOwn(testFile), testFile]];
  }
  const files = await published();
  return [[files.get(names[0])!, names[0]], [files.get(names[1])!, names[1]]];
}
