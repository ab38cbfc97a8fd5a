/** What `run --input` names, as the tensors of a graph's inputs: tensor files as they are, images by the model's card. */
import { InputError } from '../errors.js';
import type { Graph, GraphInput } from '../graph/types.js';
import { normaliseImages } from '../image/normalise.js';
import { resizeImage } from '../image/resize.js';
import type { CardInput, ModelCard } from '../model/card.js';
import { formatShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { readNamedImage } from './input.js';
import { isTensorFile, readTensorFile } from './tensorFiles.js';

/** An input with where it came from. */
export interface RunInput {
  readonly name: string;
  readonly file: string;
  readonly tensor: Tensor;
  /** The image's own width and height where it was resized to the input's, otherwise null. */
  readonly resizedFrom: { readonly width: number; readonly height: number } | null;
}

const PIXELS: CardInput['normalisation'] = { mean: [0, 0, 0], scale: [1, 1, 1] };

/** `NAME=FILE` as name and file; a file alone stands without a name. */
function splitArgument(text: string, names: readonly string[]): { name: string | undefined; file: string } {
  const name = names.find((known) => text.startsWith(`${known}=`));
  if (name !== undefined) return { name, file: text.slice(name.length + 1) };
  const [before, ...after] = text.split('=');
  if (after.length === 0) return { name: undefined, file: text };
  const accepted = `${names.join(', ')}, each before = and a file`;
  throw new InputError('UNKNOWN_INPUT', `option --input names ${JSON.stringify(before)}; inputs are ${accepted}.`);
}

async function readPicture({ name, shape }: GraphInput, file: string, card: ModelCard): Promise<RunInput> {
  const [, channels, height = 0, width = 0] = shape;
  if (shape.length !== 4 || channels !== 3) {
    const accepted = 'an image goes into inputs of shape [1, 3, height, width], other inputs take tensor files';
    throw new InputError(
      'NOT_AN_IMAGE_INPUT',
      `${file}: is given for input "${name}" ${formatShape(shape)}; ${accepted}.`,
    );
  }
  const image = await readNamedImage(file);
  const { channelOrder, normalisation } = card.input ?? { channelOrder: 'rgb', normalisation: PIXELS };
  const fits = image.height === height && image.width === width;
  const sized = fits ? image : resizeImage(image, width, height);
  return {
    name,
    file,
    tensor: normaliseImages([sized], { height, width, channelOrder, normalisation }),
    resizedFrom: fits ? null : { width: image.width, height: image.height },
  };
}

/** The tensor for an input among those of a file: that of its name, or the only one. */
function pickTensor(name: string, file: string, tensors: ReadonlyMap<string, Tensor>): Tensor {
  const [only, ...others] = tensors.values();
  const tensor = tensors.get(name) ?? (others.length === 0 ? only : undefined);
  if (tensor) return tensor;
  const found = [...tensors.keys()].slice(0, 20).join(', ') || 'none';
  throw new InputError(
    'MISSING_TENSOR',
    `${file}: holds the tensors ${found}; needed is one named "${name}", or one alone.`,
  );
}

/**
 * Reads the inputs of a graph. A file without a name before it serves the only input, or, where it is a safetensors
 * file, every input by name. Throws InputError UNKNOWN_INPUT, DUPLICATE_INPUT, MISSING_INPUT, NOT_AN_IMAGE_INPUT or
 * MISSING_TENSOR, and as reading files throws.
 */
export async function readInputs(args: readonly string[], graph: Graph, card: ModelCard): Promise<readonly RunInput[]> {
  const names = graph.inputs.map(({ name }) => name);
  const found = new Map<string, RunInput>();
  for (const argument of args) {
    const { name, file } = splitArgument(argument, names);
    const tensors = isTensorFile(file) ? await readTensorFile(file) : undefined;
    const served =
      name === undefined ? (tensors && names.length > 1 ? names.filter((n) => tensors.has(n)) : names) : [name];
    if (name === undefined && !tensors && names.length > 1) {
      throw new InputError(
        'UNKNOWN_INPUT',
        `option --input ${file} names no input; accepted are NAME=FILE for ${names.join(', ')}.`,
      );
    }
    for (const input of graph.inputs.filter((one) => served.includes(one.name))) {
      if (found.has(input.name))
        throw new InputError('DUPLICATE_INPUT', `input "${input.name}" is given twice; once is accepted.`);
      const read = tensors
        ? { name: input.name, file, tensor: pickTensor(input.name, file, tensors), resizedFrom: null }
        : await readPicture(input, file, card);
      found.set(input.name, read);
    }
  }
  const missing = graph.inputs.filter(({ name }) => !found.has(name));
  if (missing.length > 0) {
    const needed = missing.map(({ name, shape }) => `${name} ${formatShape(shape)}`).join(', ');
    throw new InputError('MISSING_INPUT', `inputs ${needed} are not given; each is accepted as --input NAME=FILE.`);
  }
  return [...found.values()];
}
