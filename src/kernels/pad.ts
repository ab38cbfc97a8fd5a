/** Rows and columns around an image. */
import { PAD_MODES } from '../ops/pad.js';
import { channelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { padArguments } from './furtherArguments.js';
import { channelBlocks, kernelRow, storedRows } from './kernel.js';

export const pad = kernelRow({
  name: 'pad',
  operators: ['pad'],
  struct: padArguments,
  accepts: () => true,
  pack(site) {
    const { mode, value = 0 } = site.node.attributes;
    if (mode !== 'constant') return { constant: new Float32Array(0) };
    const { channels } = imageShape(site.inputs[0]!);
    return { constant: new Float32Array(channelStride(channels)).fill(value, 0, channels) };
  },
  extent: (site) => storedRows(site.outputs[0]!),
  arguments(site, places) {
    const { mode, padding } = site.node.attributes;
    const input = imageShape(site.inputs[0]!);
    const output = imageShape(site.outputs[0]!);
    return {
      input: places.inputs[0]!,
      output: places.outputs[0]!,
      constant: places.parts.constant!,
      inputHeight: input.height,
      inputWidth: input.width,
      outputHeight: output.height,
      outputWidth: output.width,
      paddingTop: padding[0],
      paddingLeft: padding[1],
      blocks: channelBlocks(input.channels),
      mode: PAD_MODES.indexOf(mode),
    };
  },
});
