/** Rows and columns around an image. */
import type { Node } from '../graph/types.js';
import { imageShape, type Shape } from '../tensor/shape.js';
import { referenceTensor } from '../tensor/tensor.js';
import { type Operator, onlyAttributes, readIntegers, readNumber, readWord, refuseShape } from './operator.js';

/** What stands in the padding: a number, the nearest pixel, or the image mirrored without repeating its edge. */
export const PAD_MODES = ['constant', 'edge', 'reflect'] as const;

/** A padding's attributes, read and checked. */
export interface PadAttributes {
  readonly mode: (typeof PAD_MODES)[number];
  /** Top, left, bottom, right. */
  readonly padding: readonly [number, number, number, number];
  /** The number of `constant`. */
  readonly value: number;
}

const LARGEST = 1 << 20;

/** Reads the attributes of a padding. Throws ModelError BAD_ATTRIBUTE. */
export function padAttributes(node: Node): PadAttributes {
  const mode = readWord(node, 'mode', PAD_MODES);
  return {
    mode,
    padding: readIntegers(node, 'padding', 4, 0, LARGEST) as [number, number, number, number],
    value: mode === 'constant' ? readNumber(node, 'value') : 0,
  };
}

/** The row or column that a padded one shows; −1 for a constant. */
export function paddedSource(index: number, length: number, mode: PadAttributes['mode']): number {
  if (index >= 0 && index < length) return index;
  if (mode === 'constant') return -1;
  if (mode === 'edge') return index < 0 ? 0 : length - 1;
  return index < 0 ? -index : 2 * (length - 1) - index;
}

/** `padding` [top, left, bottom, right] of the given `mode`; `value` belongs to `constant`. */
export const pad: Operator = {
  name: 'pad',
  inputNames: ['input'],
  required: 1,
  checkAttributes(node) {
    onlyAttributes(node, node.attributes.mode === 'constant' ? ['mode', 'padding', 'value'] : ['mode', 'padding']);
    padAttributes(node);
  },
  inferShapes(node, [input]) {
    if (input?.length !== 4) refuseShape(node, 'input', input, '[N, C, H, W]');
    const { mode, padding } = padAttributes(node);
    const [top, left, bottom, right] = padding;
    const [batch = 0, channels = 0, height = 0, width = 0] = input;
    if (mode === 'reflect' && (Math.max(top, bottom) >= height || Math.max(left, right) >= width)) {
      refuseShape(node, 'input', input, 'a height and width greater than the reflected padding');
    }
    const output: Shape = [batch, channels, top + height + bottom, left + width + right];
    return [output];
  },
  reference(node, [input]) {
    const { mode, padding, value } = padAttributes(node);
    const source = imageShape(input!.shape);
    const output = referenceTensor(pad.inferShapes(node, [input!.shape])[0]!);
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
  multiplyAdds: () => 0,
};
