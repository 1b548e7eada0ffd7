/** @file Collections as stages see them: items read from the store one at a time. */
import type { Store, TableData } from "../cache/mod.ts";
import type { ArtifactType, Items, Value } from "../dsl/mod.ts";
import { apart } from "./guard/mod.ts";

/** A collection of artifacts in a store. */
export class StoredItems implements Items<ArtifactType> {
  readonly #store: Store;
  readonly #type: ArtifactType;
  readonly #digests: readonly string[];

  constructor(store: Store, type: ArtifactType, digests: readonly string[]) {
    this.#store = store;
    this.#type = type;
    this.#digests = digests;
  }

  get length(): number {
    return this.#digests.length;
  }

  async at(index: number): Promise<Value<ArtifactType>> {
    const digest = this.#digests[index];
    if (digest === undefined) {
      throw new RangeError(`Cannot read item ${index} of ${this.length} ${this.#type.name}: items count from 0`);
    }
    // A stage asks for it, but how the store reads is not the stage's doing.
    return await apart(() => readValue(this.#store, this.#type, digest));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Value<ArtifactType>, void, void> {
    for (let i = 0; i < this.length; i++) yield await this.at(i);
  }
}

/** Reads one artifact. */
export async function readValue(store: Store, type: ArtifactType, digest: string): Promise<Value<ArtifactType>> {
  const data: TableData = await store.readTable(type, digest);
  return data as Value<ArtifactType>;
}
