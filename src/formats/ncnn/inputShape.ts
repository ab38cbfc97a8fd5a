/** The shape of an Input layer: what the file says, what its layers imply, and what the caller gives. */
import { ModelError } from '../../errors.js';
import { LARGEST_INPUT_SIDE } from '../../model/parseCard.js';
import type { Shape } from '../../tensor/shape.js';
import { DEFAULT_INPUT_SIZE, type InputSize } from '../importOptions.js';
import { integerParameter, LARGEST_COUNT } from './parameters.js';
import { describeLayer, type ParamLayer } from './parseParam.js';
import { importerOf } from './support.js';

/** The layers that read each blob. */
export function readersOf(layers: readonly ParamLayer[]): ReadonlyMap<string, readonly ParamLayer[]> {
  const readers = new Map<string, ParamLayer[]>();
  for (const layer of layers) {
    for (const blob of layer.inputs) {
      const list = readers.get(blob);
      if (list) list.push(layer);
      else readers.set(blob, [layer]);
    }
  }
  return readers;
}

/** Channels of a blob, from the first layer that says how many it reads; `undefined` where none does. */
function impliedChannels(
  blob: string,
  readers: ReadonlyMap<string, readonly ParamLayer[]>,
  pixels: number,
): number | undefined {
  const blobs = new Set([blob]);
  for (const current of blobs) {
    for (const layer of readers.get(current) ?? []) {
      const channels = importerOf(layer).inputChannels(layer, pixels);
      if (typeof channels === 'number') return channels;
      if (channels === 'passes') for (const output of layer.outputs) blobs.add(output);
    }
  }
  return undefined;
}

/** An input's shape, and whether its height and width are an assumption that nothing in the file supports. */
export interface ResolvedInput {
  readonly shape: Shape;
  readonly assumed: boolean;
}

/**
 * Parameters 0, 1, 2 are width, height, channels; files of old converters give channels, height, width, which is
 * recognised where the first convolution's channels fit that order alone. A given size replaces the file's.
 * Throws ModelError INPUT_SHAPE where the channels are neither given nor implied.
 */
export function resolveInput(
  layer: ParamLayer,
  readers: ReadonlyMap<string, readonly ParamLayer[]>,
  given: InputSize | undefined,
): ResolvedInput {
  const [first, height, last] = [0, 1, 2].map((key) =>
    Math.max(0, integerParameter(layer, key, 0, -LARGEST_COUNT, LARGEST_INPUT_SIDE)),
  ) as [number, number, number];
  if (first > 0 && last === 0) return { shape: height > 0 ? [1, height, first] : [1, first], assumed: false };
  const complete = first > 0 && height > 0 && last > 0;
  const declared = complete ? { height, width: first } : undefined;
  const size = given ?? declared ?? DEFAULT_INPUT_SIZE;
  const implied = impliedChannels(layer.outputs[0]!, readers, size.height * size.width);
  if (complete && !given) {
    const channelsFirst = implied !== undefined && implied !== last && implied === first;
    return { shape: channelsFirst ? [1, first, height, last] : [1, last, height, first], assumed: false };
  }
  const channels = implied ?? (last > 0 ? last : undefined);
  if (channels === undefined || channels > LARGEST_INPUT_SIDE) {
    const accepted = `an Input layer that gives its shape, or a convolution that implies 1 to ${LARGEST_INPUT_SIDE} channels`;
    throw new ModelError(
      'INPUT_SHAPE',
      `${describeLayer(layer)}: its channels cannot be told; accepted is ${accepted}.`,
    );
  }
  return { shape: [1, channels, size.height, size.width], assumed: !given };
}
