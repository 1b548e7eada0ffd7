/** @file SVHN as published: its files of cropped digits with their digests, and where they can be fetched. */
import type { PublishedSet } from "./sources/types.ts";
import { fromUrls } from "./sources/url.ts";

/** The files of the two splits: bytes and SHA-256 as in TensorFlow Datasets. */
const FILES = [
  {
    name: "train_32x32.mat",
    bytes: 182_040_794,
    sha256: "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8",
  },
  {
    name: "test_32x32.mat",
    bytes: 64_275_384,
    sha256: "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b",
  },
] as const;

/** Their names: train, then test. */
export const SVHN_FILES = [FILES[0].name, FILES[1].name] as const;

/** SVHN and its source. */
export const SVHN: PublishedSet = {
  title: "SVHN",
  name: "svhn",
  files: FILES,
  subfolders: [],
  systemFolders: [],
  sources: [
    fromUrls({
      title: "ufldl.stanford.edu",
      // The authors publish it without TLS; the pinned SHA-256 is what makes it safe.
      downloads: FILES.map(({ name, bytes, sha256 }) => ({
        url: `http://ufldl.stanford.edu/housenumbers/${name}`,
        bytes,
        sha256,
      })),
      unpack: () => Promise.resolve(),
    }),
  ],
  remedy:
    `connect to the internet, or put "train_32x32.mat" and "test_32x32.mat" into {folder} or into a folder named by ` +
    `parameter "folder", or give other files of that format by "trainFile" and "testFile"`,
};
