/** Arithmetic of two values that repeat along the axes in which the other is longer. */
import { BINARY_OPERATIONS } from '../ops/binary.js';
import { channelStride, storedElements, writeNhwc } from '../tensor/layout.js';
import { imageShape, type Shape } from '../tensor/shape.js';
import { binaryArguments } from './furtherArguments.js';
import { channelBlocks, kernelRow, storedRows, tailChannels } from './kernel.js';

/** True where the axes that `nhwc` takes together are either all repeated or none of them. */
function repeatsWhole(operand: Shape, output: Shape): boolean {
  const rest = operand.slice(3);
  return rest.every((length) => length === 1) || rest.every((length, index) => length === output[index + 3]);
}

/** Bytes from one image, row and pixel to the next, 0 where an operand is repeated, and whether it is along channels. */
function stepsOf(operand: Shape, output: Shape) {
  const { batch, channels, height, width } = imageShape(operand);
  const whole = imageShape(output);
  const pixel = 4 * channelStride(channels);
  return {
    image: batch === 1 ? 0 : height * width * pixel,
    row: height === 1 ? 0 : width * pixel,
    pixel: width === 1 ? 0 : pixel,
    splat: channels === 1 && whole.channels > 1 ? 1 : 0,
  };
}

export const binary = kernelRow({
  name: 'binary',
  operators: ['binary'],
  struct: binaryArguments,
  accepts: ({ inputs: [a, b], outputs: [output] }) => repeatsWhole(a!, output!) && repeatsWhole(b!, output!),
  pack({ tensors: [, b] }) {
    if (!b) return {};
    const packed = new Float32Array(storedElements(b.shape, 'nhwc'));
    writeNhwc(b.data, b.shape, packed);
    return { b: packed };
  },
  extent: (site) => storedRows(site.outputs[0]!),
  arguments({ node, inputs, outputs }, places) {
    const [shape] = outputs as [Shape];
    const { channels, height, width } = imageShape(shape);
    const [a, b] = [stepsOf(inputs[0]!, shape), stepsOf(inputs[1]!, shape)];
    return {
      a: places.inputs[0]!,
      b: places.inputs[1] ?? places.parts.b!,
      output: places.outputs[0]!,
      height,
      width,
      blocks: channelBlocks(channels),
      tail: tailChannels(channels),
      aImage: a.image,
      aRow: a.row,
      aPixel: a.pixel,
      aSplat: a.splat,
      bImage: b.image,
      bRow: b.row,
      bPixel: b.pixel,
      bSplat: b.splat,
      operation: BINARY_OPERATIONS.indexOf(node.attributes.operation),
    };
  },
});
