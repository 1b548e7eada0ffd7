/** @file Which device stages are told to use: chosen when the first of them is to run, so that a run with nothing to do never looks. */
import type { StoreRecord } from "../cache/mod.ts";
import { messageOf, RequestError } from "./errors.ts";
import type { Task } from "./execute.ts";
import type { RunOptions } from "./request.ts";
import type { Runner, TaskWatch, TogetherRunner } from "./runner.ts";

/** What whoever starts a run knows of devices. The executor itself knows their names only. */
export interface DeviceOptions {
  /**
   * Makes a device of what was asked for: `auto`, say. Asked once, before the first stage runs.
   *
   * @throws when this machine does not have it; the message is shown to the user
   */
  choose(asked: string): Promise<string>;
  /** URL of a module with a function `prepareDevice(device)`: each thread calls it before it runs stages. */
  readonly module: string;
}

/** Devices that one thread at a time may use. */
const EXCLUSIVE: readonly string[] = ["webgpu", "cuda"];

/** Runs tasks on the device that was asked for. */
export class DeviceRunner implements Runner {
  readonly slots: number;
  readonly #inner: Runner;
  readonly #asked: string;
  readonly #choose: (asked: string) => Promise<string>;
  #chosen: Promise<string> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** The device, once it is chosen. */
  device: string | undefined;
  /** Why there is none. */
  refusal: RequestError | undefined;

  constructor(inner: Runner, { device = "auto", devices }: Pick<RunOptions, "device" | "devices">) {
    this.#inner = inner;
    this.slots = inner.slots;
    this.#asked = device;
    this.#choose = devices?.choose ?? plainly;
  }

  async run(task: Task, watch: TaskWatch): Promise<StoreRecord> {
    const [record] = (await this.#taken([task], (tasks) => [this.#inner.run(tasks[0]!, watch)])).records;
    return await record!;
  }

  get together(): TogetherRunner | undefined {
    const { together } = this.#inner;
    return together && {
      most: async (task) => {
        const device = await this.#choice();
        const { most, atOnce } = await together.most({ ...task, device });
        return { most, atOnce: EXCLUSIVE.includes(device) ? 1 : atOnce };
      },
      run: (tasks, watches) => {
        const taken = this.#taken(tasks, (tasks) => together.run(tasks, watches));
        return tasks.map((_, at) => taken.then(({ records }) => records[at]!));
      },
    };
  }

  /** Begins tasks on the device, when it is their turn. The records are in an object, as they settle one by one. */
  async #taken(
    tasks: readonly Task[],
    begin: (tasks: readonly Task[]) => readonly Promise<StoreRecord>[],
  ): Promise<{ readonly records: readonly Promise<StoreRecord>[] }> {
    const device = await this.#choice();
    const run = () => ({ records: begin(tasks.map((task) => ({ ...task, device }))) });
    if (!EXCLUSIVE.includes(device)) return run();
    const turn = this.#last.then(run);
    this.#last = turn.then(({ records }) => Promise.allSettled(records), () => {});
    return await turn;
  }

  hurry(): void {
    this.#inner.hurry?.();
  }

  async close(): Promise<void> {
    await this.#inner.close();
  }

  #choice(): Promise<string> {
    return this.#chosen ??= this.#decide();
  }

  async #decide(): Promise<string> {
    try {
      return this.device = await this.#choose(this.#asked);
    } catch (cause) {
      throw this.refusal = new RequestError(messageOf(cause), { cause });
    }
  }
}

/** Without anybody who knows more: what is asked for, and the CPU where the choice is left open. */
function plainly(asked: string): Promise<string> {
  return Promise.resolve(asked === "auto" ? "cpu" : asked);
}

/** Prepares this thread for a device. */
export async function prepareThread(device: string, module: string | undefined): Promise<void> {
  if (module === undefined) return;
  const { prepareDevice } = await import(module) as { prepareDevice(device: string): Promise<void> };
  await prepareDevice(device);
}
