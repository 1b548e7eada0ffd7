/**
 * @file How long to wait before asking again: twice as long each time, and anything up to that, so that those who failed
 * together do not come back together ("full jitter": Brooker, "Exponential backoff and jitter", 2015).
 */

/** Tries in all. */
export const MOST_TRIES = 3;

const FIRST_MS = 250;

/** Waits before try `tries` + 1. Ends early, without an error, when `signal` is aborted. */
export async function backOff(tries: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.random() * FIRST_MS * 2 ** tries);
  const stop = () => resolve();
  signal.addEventListener("abort", stop);
  await promise;
  signal.removeEventListener("abort", stop);
  clearTimeout(timer);
}
