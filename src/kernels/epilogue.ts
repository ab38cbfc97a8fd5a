/** The fused epilogue as kernels take it: bias, slopes and residual addresses, and the activation's code. */
import { ACTIVATIONS } from '../ops/activation.js';
import { BIAS, RESIDUAL, SLOPES, WEIGHTS } from '../ops/convolution.js';
import type { Tensor } from '../tensor/tensor.js';
import type { PackedParts, Places, Site } from './kernel.js';
import type { Address } from './struct.js';

/** A layer that fuses what follows it. */
type EpilogueSite = Site<'convolution' | 'fullyConnected' | 'dequantisedConvolution'>;

/** The activation's code in the argument structs: its place in ACTIVATIONS. */
export function activationCode({ node }: EpilogueSite): number {
  return ACTIVATIONS.indexOf(node.attributes.activation);
}

/** A per-channel tensor padded with zeros to a multiple of `multiple` channels; zeros where there is none. */
export function padChannels(tensor: Tensor | undefined, channels: number, multiple: number): Float32Array {
  const padded = new Float32Array(Math.ceil(channels / multiple) * multiple);
  if (tensor) padded.set(tensor.data);
  return padded;
}

/** Packs bias and slopes of a convolution or fully connected layer. */
export function packEpilogue(site: Site, channels: number, multiple: number): PackedParts {
  const slopes = site.tensors[SLOPES];
  return {
    bias: padChannels(site.tensors[BIAS], channels, multiple),
    slopes: slopes ? padChannels(slopes, channels, multiple) : new Float32Array(0),
  };
}

/** The epilogue's fields of an argument struct. */
export interface EpilogueArguments {
  readonly bias: Address;
  readonly slopes: Address;
  readonly residual: Address;
  readonly output: Address;
  readonly activation: number;
}

/** Fills the epilogue's fields. */
export function epilogueArguments(site: EpilogueSite, places: Places): EpilogueArguments {
  return {
    bias: places.parts.bias ?? null,
    slopes: places.parts.slopes ?? null,
    residual: places.inputs[RESIDUAL] ?? null,
    output: places.outputs[0]!,
    activation: activationCode(site),
  };
}

/** True where weights, bias and slopes are tensors, as packing needs, and the residual, which is read as a value, is none. */
export function hasConstantParameters({ tensors, inputs }: Site): boolean {
  const isPacked = (index: number): boolean => !inputs[index] || tensors[index] !== undefined;
  return tensors[WEIGHTS] !== undefined && isPacked(BIAS) && isPacked(SLOPES) && tensors[RESIDUAL] === undefined;
}
