/** @file The executor: plans and runs pipelines against a store. @module */
export { runAcross } from "./cluster/across.ts";
export { cancelWorkers, poolsAtWork } from "./cluster/report.ts";
export { work } from "./cluster/work.ts";
export { DamagedStoreError, InterruptedError, messageOf, RequestError } from "./errors.ts";
export type { Difference } from "./differences.ts";
export { type ExportedProgram, exportPrograms } from "./export.ts";
export { explain, type Explanation } from "./explain.ts";
export { gc } from "./gc.ts";
export { log, type RunRecord } from "./log.ts";
export { pack, type Packed } from "./pack.ts";
export { plan } from "./plan.ts";
export type { BranchCounts, NodeReport, OutputReport, Report, RunEvent, Status } from "./report.ts";
export { type Memory, type Remembered, remembered } from "./remembered.ts";
export type { PipelineRequest, RunOptions } from "./request.ts";
export { run } from "./run.ts";
export { graph, show, type Shown } from "./show.ts";
export { type Verification, type VerificationOptions, verify } from "./verify.ts";
export type { Watch } from "./session.ts";
