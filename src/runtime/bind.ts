/** Offsets → addresses: a plan's argument structs written into memory for one lane. */
import type { Region } from '../kernels/struct.js';
import type { Plan } from '../plan/plan.js';

/** Addresses of a lane's regions. */
export type LaneBases = Readonly<Record<Region, number>>;

/** Bytes of a plan's argument structs for one lane. */
export function argumentBytes(plan: Plan): number {
  return plan.steps.reduce((total, step) => total + 4 * step.arguments.length, 0);
}

/**
 * Writes the argument structs of every step one after the other from `address` on, and returns the address of each
 * step's struct. The lane's regions begin at `bases`.
 */
export function bind(plan: Plan, bases: LaneBases, address: number, view: DataView): number[] {
  let at = address;
  return plan.steps.map((step) => {
    const struct = at;
    for (const argument of step.arguments) {
      if (argument.kind === 'float32') {
        view.setFloat32(at, argument.value, true);
      } else if (argument.kind === 'int32') {
        view.setInt32(at, argument.value, true);
      } else {
        const { value } = argument;
        view.setUint32(at, value ? bases[value.region] + value.offsetBytes : 0, true);
      }
      at += 4;
    }
    return struct;
  });
}
