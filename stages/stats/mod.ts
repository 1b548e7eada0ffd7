/** @file Statistics over a zoo: accuracies, means with intervals. @module */
export { accuracy } from "./accuracy.ts";
export { accuracyByBucket } from "./accuracy_by_bucket.ts";
export { type Interval, meanInterval } from "./interval.ts";
