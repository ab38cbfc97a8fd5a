/** Weight panels of eight output channels: the packed order of pointwise, convolution and fully connected kernels. */

/** Output channels of one panel. */
export const PANEL_CHANNELS = 8;

/**
 * Packs weights as `packed[o / 8][k][o % 8]`, with zeros for the outputs that pad the last panel.
 * `weightAt(o, k)` reads the weight of output o and step k of the kernel's own order.
 */
export function packPanels(outputs: number, depth: number, weightAt: (o: number, k: number) => number): Float32Array {
  const panels = Math.ceil(outputs / PANEL_CHANNELS);
  const packed = new Float32Array(panels * depth * PANEL_CHANNELS);
  for (let o = 0; o < outputs; o++) {
    const start = Math.floor(o / PANEL_CHANNELS) * depth * PANEL_CHANNELS + (o % PANEL_CHANNELS);
    for (let k = 0; k < depth; k++) packed[start + k * PANEL_CHANNELS] = weightAt(o, k);
  }
  return packed;
}
