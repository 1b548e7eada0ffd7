/** @file Buckets: test examples in groups of equal count, by influence entropy. */
import { artifact, column } from "../../dsl/mod.ts";

/** One row a test example. Bucket 1 has the lowest entropy: it depends on few training examples, it is most atypical. */
export const Buckets = artifact("Buckets", "One row a test example: influence entropy and bucket, 1 = most atypical", {
  example: column.uint32(),
  entropy: column.float64(),
  bucket: column.int32(),
});
