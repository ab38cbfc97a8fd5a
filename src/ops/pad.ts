/** Rows and columns around an image. */

import { imageShape, type Shape } from '../tensor/shape.js';
import { referenceTensor } from '../tensor/tensor.js';
import { integers, LARGEST, number, only, word } from './attributes.js';
import { operator, refuseShape } from './operator.js';

/** What stands in the padding: a number, the nearest pixel, or the image mirrored without repeating its edge. */
export const PAD_MODES = ['constant', 'edge', 'reflect'] as const;

const ATTRIBUTES = {
  mode: word(PAD_MODES, 'what stands in the padding'),
  padding: integers(4, 0, LARGEST, 'top, left, bottom, right'),
  value: only('mode', ['constant'], number('what a constant padding holds')),
};

/** The row or column that a padded one shows; −1 for a constant. */
export function paddedSource(index: number, length: number, mode: (typeof PAD_MODES)[number]): number {
  if (index >= 0 && index < length) return index;
  if (mode === 'constant') return -1;
  if (mode === 'edge') return index < 0 ? 0 : length - 1;
  return index < 0 ? -index : 2 * (length - 1) - index;
}

/** `padding` [top, left, bottom, right] of the given `mode`; `value` belongs to `constant`. */
export const pad = operator({
  name: 'pad',
  inputNames: ['input'],
  attributes: ATTRIBUTES,
  inferShapes(node, [input]) {
    if (input?.length !== 4) refuseShape(node, 'input', input, '[N, C, H, W]');
    const { mode, padding } = node.attributes;
    const [top, left, bottom, right] = padding;
    const [batch = 0, channels = 0, height = 0, width = 0] = input;
    if (mode === 'reflect' && (Math.max(top, bottom) >= height || Math.max(left, right) >= width)) {
      refuseShape(node, 'input', input, 'a height and width greater than the reflected padding');
    }
    const output: Shape = [batch, channels, top + height + bottom, left + width + right];
    return [output];
  },
  reference(node, [input], [shape]) {
    const { mode, padding, value = 0 } = node.attributes;
    const source = imageShape(input!.shape);
    const output = referenceTensor(shape);
    const { batch, channels, height, width } = imageShape(output.shape);
    let index = 0;
    for (let plane = 0; plane < batch * channels; plane++) {
      for (let row = 0; row < height; row++) {
        const y = paddedSource(row - padding[0], source.height, mode);
        for (let column = 0; column < width; column++, index++) {
          const x = paddedSource(column - padding[1], source.width, mode);
          const inside = x >= 0 && y >= 0;
          output.data[index] = inside ? input!.data[(plane * source.height + y) * source.width + x]! : value;
        }
      }
    }
    return [output];
  },
});
