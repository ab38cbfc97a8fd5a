/** Weight panels of eight output channels: the packed order of pointwise, convolution and fully connected kernels. */

import type { PackedPart } from './kernel.js';

/** Output channels of one panel. */
export const PANEL_CHANNELS = 8;

/** Weights of a convolution or fully connected layer, and where a kernel's steps find theirs. */
export interface PanelSource {
  readonly data: Float32Array;
  readonly groups: number;
  /** Of one group. */
  readonly outputs: number;
  /** Elements of one output. */
  readonly length: number;
  /** By step of the kernel's own order: the element of the output that it multiplies by; −1 for a step of padding. Absent where step k takes element k. */
  readonly order?: Int32Array;
}

/** Kernels that go tap by tap: step `[y][x][k]` takes the element `[k][y][x]` of an output. */
export function tapOrder(depth: number, taps: number): Int32Array {
  const length = depth * taps;
  return Int32Array.from({ length }, (_, step) => (step % depth) * taps + Math.floor(step / depth));
}

/** Whole panels of outputs whose elements stay in their order: written from front to back, eight outputs at a time. */
function writeWholePanels(target: Float32Array, data: Float32Array, panels: number, length: number): void {
  let to = 0;
  for (let panel = 0; panel < panels; panel++) {
    const begin = panel * PANEL_CHANNELS * length;
    for (let from = begin; from < begin + length; from++, to += PANEL_CHANNELS) {
      target[to] = data[from]!;
      target[to + 1] = data[from + length]!;
      target[to + 2] = data[from + 2 * length]!;
      target[to + 3] = data[from + 3 * length]!;
      target[to + 4] = data[from + 4 * length]!;
      target[to + 5] = data[from + 5 * length]!;
      target[to + 6] = data[from + 6 * length]!;
      target[to + 7] = data[from + 7 * length]!;
    }
  }
}

/** Packs weights as `packed[g][o / 8][k][o % 8]`, k a step of the kernel, with zeros for outputs that pad a panel. */
export function packPanels({ data, groups, outputs, length, order }: PanelSource): PackedPart {
  const depth = order?.length ?? length;
  const groupLength = Math.ceil(outputs / PANEL_CHANNELS) * depth * PANEL_CHANNELS;
  const write = (target: Float32Array): void => {
    if (!order && outputs % PANEL_CHANNELS === 0) {
      writeWholePanels(target, data, (groups * outputs) / PANEL_CHANNELS, length);
      return;
    }
    if (outputs % PANEL_CHANNELS !== 0) target.fill(0);
    for (let output = 0; output < groups * outputs; output++) {
      const group = Math.floor(output / outputs);
      const o = output % outputs;
      const from = output * length;
      let to = group * groupLength + (o - (o % PANEL_CHANNELS)) * depth + (o % PANEL_CHANNELS);
      for (let k = 0; k < depth; k++, to += PANEL_CHANNELS) {
        const element = order ? order[k]! : k;
        target[to] = element < 0 ? 0 : data[from + element]!;
      }
    }
  };
  return { length: groups * groupLength, write };
}
