/** The arithmetic on pixels that some files begin with, taken out of the graph and into the model card. */
import type { Normalisation } from '../../model/card.js';
import { LARGEST_PIXEL_FACTOR } from '../../model/parseCard.js';
import { type ScalarAffine, scalarAffine } from './layers/arithmetic.js';
import type { ParamLayer } from './parseParam.js';

/** (x − mean) · scale, the same for all channels. */
interface PixelAffine {
  readonly mean: number;
  readonly scale: number;
}

/** What a chain of layers amounts to, and the layers that are then to be left out. */
export interface PixelChain {
  readonly normalisation: Normalisation;
  readonly layers: ReadonlySet<ParamLayer>;
}

function compose({ mean, scale }: PixelAffine, { operation, value }: ScalarAffine): PixelAffine {
  switch (operation) {
    case 'add':
      return { mean: mean - value / scale, scale };
    case 'sub':
      return { mean: mean + value / scale, scale };
    case 'mul':
      return { mean, scale: scale * value };
    case 'div':
      return { mean, scale: scale / value };
    case 'rsub':
      return { mean: mean + value / scale, scale: -scale };
  }
}

function isPixelFactor(value: number): boolean {
  return Math.abs(value) <= LARGEST_PIXEL_FACTOR;
}

/**
 * Follows the BinaryOps with a number that alone read the input, one after another, and composes them in float64: the
 * file's decimal numbers, not their float32 roundings. The chain ends before a factor of 0 or one that a card may not
 * hold, and before the graph's output. Without such layers the normalisation is mean 0, scale 1: pixels go in as they are.
 */
export function pixelChain(input: ParamLayer, readers: ReadonlyMap<string, readonly ParamLayer[]>): PixelChain {
  const layers = new Set<ParamLayer>();
  let affine: PixelAffine = { mean: 0, scale: 1 };
  for (let blob = input.outputs[0]!; ; ) {
    const [layer, ...others] = readers.get(blob) ?? [];
    const step = layer && others.length === 0 ? scalarAffine(layer) : undefined;
    if (!layer || !step || !readers.has(layer.outputs[0]!)) break;
    const next = compose(affine, step);
    if (next.scale === 0 || !isPixelFactor(next.scale) || !isPixelFactor(next.mean)) break;
    affine = next;
    layers.add(layer);
    blob = layer.outputs[0]!;
  }
  const { mean, scale } = affine;
  return { normalisation: { mean: [mean, mean, mean], scale: [scale, scale, scale] }, layers };
}
