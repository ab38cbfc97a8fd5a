/** Offsets → addresses: a plan's argument structs written into memory for one lane. */
import { type RegionBases, writeArguments } from '../kernels/struct.js';
import type { Plan } from '../plan/plan.js';

/** Bytes of a plan's argument structs for one lane. */
export function argumentBytes(plan: Plan): number {
  return plan.steps.reduce((total, step) => total + 4 * step.arguments.length, 0);
}

/**
 * Writes the argument structs of every step one after the other from `address` on, and returns the address of each
 * step's struct. The lane's regions begin at `bases`.
 */
export function bind(plan: Plan, bases: RegionBases, address: number, view: DataView): number[] {
  let at = address;
  return plan.steps.map((step) => {
    const struct = at;
    at = writeArguments(step.arguments, bases, view, struct);
    return struct;
  });
}
