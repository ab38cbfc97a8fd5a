/** What files of other formats do not say, and the card that follows from it. */
import { ShapeError } from '../errors.js';
import type { Graph } from '../graph/types.js';
import type { CardThreshold, ModelCard, Normalisation } from '../model/card.js';
import { LARGEST_INPUT_SIDE, LONGEST_CARD_TEXT } from '../model/parseCard.js';
import type { Shape } from '../tensor/shape.js';
import { embeddingLengthOf } from './checkModel.js';

/** Rows and columns of an input image. */
export interface InputSize {
  readonly height: number;
  readonly width: number;
}

/** What a file that gives no input size is taken to be made for: an aligned face crop (the paper, section 4). */
export const DEFAULT_INPUT_SIZE: InputSize = { height: 112, width: 112 };

/** The elements of an input, by the shape that they have. */
export interface InputValues {
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

/** Options of every import. */
export interface ImportOptions {
  /** Replaces the file's input size; 112×112 where neither is given. */
  readonly inputSize?: InputSize | undefined;
  /**
   * Of ONNX files: the elements of inputs that are known already, by name. Inputs of whole numbers become constants;
   * others stay inputs, and are constants for nodes that need some there.
   */
  readonly inputValues?: Readonly<Record<string, InputValues>> | undefined;
  /** Name of the graph; `embed` where not given. */
  readonly graph?: string | undefined;
  /** How pixels become the input; arithmetic on pixels that the file has then stays in the graph. */
  readonly normalisation?: Normalisation | undefined;
  /** RGB where not given: files do not say. */
  readonly channelOrder?: 'rgb' | 'bgr' | undefined;
  /** Seed of the weights of an ncnn `.param` that comes without its `.bin`: for its structure and speed alone. */
  readonly randomWeights?: number | undefined;
  /** Licence of the weights. */
  readonly licence?: string | undefined;
  /** A decision threshold with the data that it rests on. */
  readonly threshold?: CardThreshold | undefined;
}

/** Checks a given input size. Throws ShapeError INPUT_SHAPE. */
export function checkInputSize(size: InputSize | undefined): void {
  if (!size) return;
  for (const side of [size.height, size.width]) {
    if (!Number.isInteger(side) || side < 1 || side > LARGEST_INPUT_SIDE) {
      const found = `${size.height}×${size.width}`;
      throw new ShapeError(
        'INPUT_SHAPE',
        `input size is ${found}; accepted are whole numbers from 1 to ${LARGEST_INPUT_SIDE}.`,
      );
    }
  }
}

/** A file's name without folders and ending. */
export function modelName(file: string): string {
  const base = file.split(/[/\\]/).at(-1)!;
  return (base.replace(/\.(param|onnx|tflite|lite|safetensors|pth|pt|ckpt)$/i, '') || 'model').slice(
    0,
    LONGEST_CARD_TEXT,
  );
}

/** The card of an imported graph. `normalisation` is given where its one input is an image of three channels. */
export function cardOf(
  file: string,
  graph: Graph,
  normalisation: Normalisation | undefined,
  options: ImportOptions,
): ModelCard {
  const [, , height, width] = graph.inputs[0]?.shape ?? [];
  const hasImage = normalisation && height !== undefined && width !== undefined;
  const embeddingLength = embeddingLengthOf(graph);
  const card: ModelCard = {
    name: modelName(file),
    ...(hasImage ? { input: { height, width, channelOrder: 'rgb', normalisation } } : {}),
    ...(embeddingLength === undefined ? {} : { embeddingLength }),
    thresholds: [],
    accuracy: [],
  };
  return withOptions(card, options);
}

/** A card with what the options say in the place of what it says. */
export function withOptions(card: ModelCard, options: ImportOptions): ModelCard {
  const { channelOrder, normalisation, licence, threshold } = options;
  const { input } = card;
  return {
    ...card,
    ...(input
      ? {
          input: {
            ...input,
            channelOrder: channelOrder ?? input.channelOrder,
            normalisation: normalisation ?? input.normalisation,
          },
        }
      : {}),
    ...(threshold ? { thresholds: [threshold] } : {}),
    ...(licence === undefined ? {} : { licence }),
  };
}
