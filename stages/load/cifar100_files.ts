/** @file CIFAR-100 as published: the tarball with its digest, and the two files in it. */
import type { PublishedSet } from "./sources/types.ts";
import { fromUrls } from "./sources/url.ts";

const TARBALL = "cifar-100-binary.tar.gz";
const BYTES = 168_513_733;
/** As in TensorFlow Datasets. */
const SHA256 = "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec";

/** CIFAR-100 and its source. What is pinned and kept is the tarball: no digest of the files in it is published. */
export const CIFAR100: PublishedSet = {
  title: "CIFAR-100",
  name: "cifar100",
  files: [{ name: TARBALL, bytes: BYTES, sha256: SHA256 }],
  subfolders: [],
  systemFolders: [],
  sources: [
    fromUrls({
      title: "www.cs.toronto.edu",
      downloads: [{ url: `https://www.cs.toronto.edu/~kriz/${TARBALL}`, bytes: BYTES, sha256: SHA256 }],
      unpack: () => Promise.resolve(),
    }),
  ],
  remedy:
    `connect to the internet, or put the binary version of CIFAR-100, "${TARBALL}", into {folder} or into a folder ` +
    `named by parameter "folder", or give its unpacked files by "trainFile" and "testFile"`,
};
