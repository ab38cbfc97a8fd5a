/** The shapes of an ONNX file's inputs: what the file says, what the caller gives, and 1 for a symbolic batch. */
import { ModelError } from '../../errors.js';
import { describeValue } from '../../model/json.js';
import { LARGEST_INPUT_SIDE } from '../../model/parseCard.js';
import type { Shape } from '../../tensor/shape.js';
import { DEFAULT_INPUT_SIZE, type InputSize } from '../importOptions.js';
import { DATA_TYPES, type GraphMessage, type ValueInfoMessage } from './messages.js';

const FLOATS: readonly number[] = [DATA_TYPES.float, DATA_TYPES.float16, DATA_TYPES.bfloat16, DATA_TYPES.double];

/** Axes of an image whose lengths the caller may choose. */
const ROWS = 2;

/** The values that a caller supplies: older files list their initialisers among the inputs too. */
export function suppliedInputs({ input = [], initializer = [] }: GraphMessage): readonly ValueInfoMessage[] {
  const given = new Set(initializer.map(({ name }) => name));
  return input.filter(({ name }) => !given.has(name));
}

/**
 * The shape of an input. A given size replaces the rows and columns of an image; an open batch is 1, and an open size
 * 112×112. Throws ModelError INPUT_SHAPE for other open axes, UNSUPPORTED_INPUT for values that are not floating point.
 */
export function inputShape(info: ValueInfoMessage, size: InputSize | undefined, file: string): Shape {
  const where = `${file}, input ${describeValue(info.name ?? '')}`;
  const { elemType = 0, shape } = info.type?.tensorType ?? {};
  if (!FLOATS.includes(elemType)) {
    const found = `holds elements of type ${elemType}`;
    throw new ModelError('UNSUPPORTED_INPUT', `${where}: ${found}; accepted are floating-point numbers.`);
  }
  const axes = shape?.dim ?? [];
  const chosen = size ?? DEFAULT_INPUT_SIZE;
  const sides = [chosen.height, chosen.width];
  return axes.map(({ dimValue = 0, dimParam }, axis) => {
    const side = axes.length === 4 ? sides[axis - ROWS] : undefined;
    if (side !== undefined && (size || dimValue <= 0)) return side;
    if (axis === 0 && dimValue <= 0) return 1;
    if (dimValue > 0 && dimValue <= LARGEST_INPUT_SIDE ** 2) return dimValue;
    const found = `axis ${axis} is ${dimParam ? describeValue(dimParam) : dimValue}`;
    throw new ModelError('INPUT_SHAPE', `${where}: ${found}; accepted is a length, open for batch, rows and columns.`);
  });
}
