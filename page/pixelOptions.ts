/** How pixels become a network's input, for files that do not say it themselves. */
import type { ImportOptions } from '../src/index.js';

export interface PixelOption {
  readonly name: string;
  readonly label: string;
  readonly options: ImportOptions;
}

function normalised(mean: number, scale: number, channelOrder: 'rgb' | 'bgr'): ImportOptions {
  return { normalisation: { mean: [mean, mean, mean], scale: [scale, scale, scale] }, channelOrder };
}

/** Common choices; the first leaves everything as the file has it. */
export const PIXEL_OPTIONS: readonly PixelOption[] = [
  { name: 'file', label: 'as the file says', options: {} },
  { name: 'rgb-128', label: 'RGB, (pixel − 127.5) ÷ 128', options: normalised(127.5, 1 / 128, 'rgb') },
  { name: 'rgb-127.5', label: 'RGB, (pixel − 127.5) ÷ 127.5', options: normalised(127.5, 1 / 127.5, 'rgb') },
  { name: 'bgr-128', label: 'BGR, (pixel − 127.5) ÷ 128', options: normalised(127.5, 1 / 128, 'bgr') },
  { name: 'rgb-255', label: 'RGB, pixel ÷ 255', options: normalised(0, 1 / 255, 'rgb') },
];

/** The import options of a choice by its name. */
export function pixelOptions(name: string): ImportOptions {
  return PIXEL_OPTIONS.find((option) => option.name === name)?.options ?? {};
}
