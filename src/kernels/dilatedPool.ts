/** Pooling of windows with gaps. */
import { poolAttributes } from '../ops/pool.js';
import { imageShape } from '../tensor/shape.js';
import { type DilatedPoolArguments, dilatedPoolArguments } from './arguments.js';
import { channelBlocks, kernelRow, storedRows } from './kernel.js';

export const dilatedPool = kernelRow<DilatedPoolArguments>({
  name: 'dilatedPool',
  operators: ['maxPool', 'averagePool'],
  struct: dilatedPoolArguments,
  accepts: ({ node }) => poolAttributes(node).dilation.some((length) => length !== 1),
  extent: (site) => storedRows(site.outputs[0]!),
  arguments(site, places) {
    const { kernel, stride, padding, dilation, countPadding } = poolAttributes(site.node);
    const input = imageShape(site.inputs[0]!);
    const output = imageShape(site.outputs[0]!);
    return {
      input: places.inputs[0]!,
      output: places.outputs[0]!,
      inputHeight: input.height,
      inputWidth: input.width,
      outputHeight: output.height,
      outputWidth: output.width,
      kernelHeight: kernel[0],
      kernelWidth: kernel[1],
      strideHeight: stride[0],
      strideWidth: stride[1],
      dilationHeight: dilation[0],
      dilationWidth: dilation[1],
      paddingTop: padding[0],
      paddingLeft: padding[1],
      takesMean: site.node.operator === 'averagePool' ? 1 : 0,
      countsPadding: countPadding ? 1 : 0,
      countedHeight: input.height + (countPadding ? padding[2] : 0),
      countedWidth: input.width + (countPadding ? padding[3] : 0),
      blocks: channelBlocks(output.channels),
    };
  },
});
