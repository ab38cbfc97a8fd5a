/** Transposed convolutions of any kernel, stride, padding, dilation and groups. */
import { BIAS } from '../ops/convolution.js';
import { channelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { padGroups } from './convolution.js';
import { convolutionTransposeArguments } from './furtherArguments.js';
import { kernelRow, type PackedParts, type Site, storedRows } from './kernel.js';
import { PANEL_CHANNELS, packPanels } from './panels.js';
import { dilationArguments, kernelSides, windowArguments } from './window.js';

function groupsOf(site: Site<'convolutionTranspose'>): { groups: number; depth: number; groupOutputs: number } {
  const { groups } = site.node.attributes;
  const [inputs = 0, groupOutputs = 0] = site.inputs[1]!;
  return { groups, depth: inputs / groups, groupOutputs };
}

/** Weights `[in, out / groups, height, width]` as `[out, in / groups, height, width]`, the order of a convolution's. */
function turned(site: Site<'convolutionTranspose'>): Float32Array {
  const { data, shape } = site.tensors[1]!;
  const { groups, depth, groupOutputs } = groupsOf(site);
  const taps = shape[2]! * shape[3]!;
  const result = new Float32Array(data.length);
  for (let input = 0; input < groups * depth; input++) {
    for (let output = 0; output < groupOutputs; output++) {
      const from = (input * groupOutputs + output) * taps;
      const to = ((Math.floor(input / depth) * groupOutputs + output) * depth + (input % depth)) * taps;
      result.set(data.subarray(from, from + taps), to);
    }
  }
  return result;
}

/** Packs weights as `packed[g][o / 8][y][x][k][o % 8]`, the outputs of each group padded to 8. */
function packTransposed(site: Site<'convolutionTranspose'>): PackedParts {
  const { groups, depth, groupOutputs } = groupsOf(site);
  const [, , height = 0, width = 0] = site.inputs[1]!;
  const taps = height * width;
  const length = depth * taps;
  const order = Int32Array.from({ length }, (_, step) => (step % depth) * taps + Math.floor(step / depth));
  return {
    weights: packPanels({ data: turned(site), groups, outputs: groupOutputs, length, order }),
    bias: padGroups(site.tensors[BIAS], groups, groupOutputs),
    zeros: new Float32Array(channelStride(depth)),
  };
}

export const convolutionTranspose = kernelRow({
  name: 'convolutionTranspose',
  operators: ['convolutionTranspose'],
  struct: convolutionTransposeArguments,
  accepts: ({ inputs, tensors }) => tensors[1] !== undefined && (!inputs[BIAS] || tensors[BIAS] !== undefined),
  pack: packTransposed,
  extent: (site) => storedRows(site.outputs[0]!),
  scratchBytes: () => 4 * PANEL_CHANNELS,
  arguments(site, places) {
    const { stride, padding, dilation } = site.node.attributes;
    return {
      input: places.inputs[0]!,
      weights: places.parts.weights!,
      bias: places.parts.bias!,
      output: places.outputs[0]!,
      zeros: places.parts.zeros!,
      scratch: places.scratch,
      ...windowArguments(site, { kernel: kernelSides(site), stride, padding }),
      ...dilationArguments(dilation),
      ...groupsOf(site),
      inputStride: 4 * channelStride(imageShape(site.inputs[0]!).channels),
      outputStride: 4 * channelStride(imageShape(site.outputs[0]!).channels),
    };
  },
});
