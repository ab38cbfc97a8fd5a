/** The runner: every step of a plan, each lane taking its share of the step's parallel axis. */
import type { Plan } from '../plan/plan.js';

/** A kernel's export: argument struct's address, and a half-open range of its parallel axis. */
export type KernelFunction = (args: number, begin: number, end: number) => void;

/** A plan whose kernels and addresses are known. */
export interface BoundPlan {
  readonly plan: Plan;
  /** By step. */
  readonly kernels: readonly KernelFunction[];
  /** By lane, then by step: the address of the argument struct. */
  readonly lanes: readonly (readonly number[])[];
}

/** The part of `[0, extent)` that belongs to a lane; the parts are contiguous and differ by one at most. */
export function share(extent: number, lane: number, lanes: number): [begin: number, end: number] {
  return [Math.floor((extent * lane) / lanes), Math.floor((extent * (lane + 1)) / lanes)];
}

/** Runs a bound plan on the calling thread, which takes the share of every lane in turn. */
export function runPlan({ plan, kernels, lanes }: BoundPlan): void {
  const { steps } = plan;
  for (let index = 0; index < steps.length; index++) {
    const kernel = kernels[index]!;
    const { extent } = steps[index]!;
    for (let lane = 0; lane < lanes.length; lane++) {
      const [begin, end] = share(extent, lane, lanes.length);
      if (begin < end) kernel(lanes[lane]![index]!, begin, end);
    }
  }
}
