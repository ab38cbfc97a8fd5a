/** The fields that the argument structs of sliding windows share: maps, window, and the steps that it goes in. */
import { imageShape } from '../tensor/shape.js';
import type { Site } from './kernel.js';

/** A window over rows and columns; each pair is vertical, horizontal. */
export interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Rows and columns before the first pixel of the input: top, left. */
  readonly padding: readonly [number, number, ...number[]];
}

/** A convolution's window: its kernel's sides are the last axes of the weights. */
export function kernelSides(site: Site): readonly [number, number] {
  const [, , height = 0, width = 0] = site.inputs[1]!;
  return [height, width];
}

/** The sides of both maps and the window's. */
export function windowArguments(site: Site, { kernel, stride, padding }: Window) {
  const input = imageShape(site.inputs[0]!);
  const output = imageShape(site.outputs[0]!);
  return {
    inputHeight: input.height,
    inputWidth: input.width,
    outputHeight: output.height,
    outputWidth: output.width,
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strideHeight: stride[0],
    strideWidth: stride[1],
    paddingTop: padding[0],
    paddingLeft: padding[1],
  };
}

/** Gaps between a window's taps. */
export function dilationArguments([height, width]: readonly [number, number]) {
  return { dilationHeight: height, dilationWidth: width };
}
