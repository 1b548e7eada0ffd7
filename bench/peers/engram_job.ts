/** @file One job of bench/zoo_jobs.ts: a worker that trains one network on one thread, as many steps as it is asked for. */

import { engramTrainer } from "./engram.ts";
import type { Trainable } from "./workload.ts";

/** What a worker is asked. */
export interface Asked {
  readonly network: string;
  readonly steps: number;
}

/** A worker as a trainer on one thread. */
export function engramJob(network: string): Trainable {
  const worker = new Worker(import.meta.url, { type: "module" });
  return {
    run: (steps) =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage({ network, steps } satisfies Asked);
      }),
    dispose: () => Promise.resolve(worker.terminate()),
  };
}

const scope = globalThis as unknown as {
  readonly postMessage?: (message: unknown) => void;
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
};

// Only a worker has somebody to answer to.
if (typeof scope.postMessage === "function") {
  const trainers = new Map<string, Trainable>();
  scope.onmessage = async ({ data: { network, steps } }) => {
    const trainer = trainers.get(network) ?? engramTrainer(network, 1);
    trainers.set(network, trainer);
    scope.postMessage!(await trainer.run(steps));
  };
}
