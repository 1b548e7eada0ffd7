/** @file A bounded number of asynchronous steps at a time. */

/** Runs `step` for every item, up to `most` at once; rejects with the first failure, once the others have ended. */
export async function atOnce<T>(
  most: number,
  items: Iterable<T> | AsyncIterable<T>,
  step: (item: T) => Promise<void>,
): Promise<void> {
  const queue = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let failed = false;
  async function work(): Promise<void> {
    for (let next = await queue.next(); !next.done && !failed; next = await queue.next()) {
      try {
        await step(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }
  const outcomes = await Promise.allSettled(Array.from({ length: most }, work));
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}
