/** Rows and columns around an image: a constant, the nearest pixel, or the image mirrored. */
import { check, VECTOR } from './simd';

/** The codes of `mode`; the order of PAD_MODES in src/ops/pad.ts. */
const CONSTANT: i32 = 0;
const EDGE: i32 = 1;

/** The parallel axis is output rows of all images. */
@unmanaged
export class PadArguments {
  input: usize;
  output: usize;
  /** One pixel of the constant, its padding channels zero. */
  constant: usize;
  inputHeight: i32;
  inputWidth: i32;
  outputHeight: i32;
  outputWidth: i32;
  paddingTop: i32;
  paddingLeft: i32;
  /** Vectors of four channels in a pixel. */
  blocks: i32;
  mode: i32;
}

/** The row or column of the input that a padded one shows; −1 for the constant. */
// @ts-ignore: decorator
@inline
function sourceOf(index: i32, length: i32, mode: i32): i32 {
  if (<u32>index < <u32>length) return index;
  if (mode == CONSTANT) return -1;
  if (mode == EDGE) return index < 0 ? 0 : length - 1;
  return index < 0 ? -index : 2 * (length - 1) - index;
}

/** Copies rows pixel by pixel outside the input and whole inside. */
export function pad(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<PadArguments>(pointer);
  const mode = args.mode;
  check(args.blocks > 0 && (mode != CONSTANT || args.constant != 0));
  const inputHeight = args.inputHeight, inputWidth = args.inputWidth;
  const outputHeight = args.outputHeight, outputWidth = args.outputWidth;
  const paddingLeft = args.paddingLeft;
  const constant = args.constant;
  const step = <usize>args.blocks * VECTOR;
  const inner = <usize>inputWidth * step;
  let output = args.output + <usize>begin * <usize>outputWidth * step;
  for (let row = begin; row < end; row++) {
    const image = row / outputHeight;
    const inputRow = sourceOf(row - image * outputHeight - args.paddingTop, inputHeight, mode);
    const source = args.input + <usize>(image * inputHeight + max(inputRow, 0)) * inner;
    let column = 0;
    while (column < outputWidth) {
      const inputColumn = inputRow < 0 ? -1 : sourceOf(column - paddingLeft, inputWidth, mode);
      if (inputRow >= 0 && column == paddingLeft) {
        memory.copy(output, source, inner);
        output += inner;
        column += inputWidth;
        continue;
      }
      let from = inputColumn < 0 ? constant : source + <usize>inputColumn * step;
      for (const last = output + step; output < last; output += VECTOR, from += VECTOR) {
        v128.store(output, v128.load(from));
      }
      column++;
    }
  }
}
