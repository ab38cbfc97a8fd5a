/** The shapes of an ONNX file's inputs: what the file says, what the caller gives, and 1 for a symbolic batch. */
import { ModelError } from '../../errors.js';
import { describeValue } from '../../model/json.js';
import { LARGEST_INPUT_SIDE } from '../../model/parseCard.js';
import { elementCount, formatShape, type Shape } from '../../tensor/shape.js';
import { DEFAULT_INPUT_SIZE, type InputSize, type InputValues } from '../importOptions.js';
import { type Constant, integerConstant } from './constant.js';
import { DATA_TYPES, type GraphMessage, type ValueInfoMessage } from './messages.js';

const FLOATS: readonly number[] = [DATA_TYPES.float, DATA_TYPES.float16, DATA_TYPES.bfloat16, DATA_TYPES.double];

/** Axes of an image whose lengths the caller may choose. */
const ROWS = 2;

/** The values that a caller supplies: older files list their initialisers among the inputs too. */
export function suppliedInputs({ input = [], initializer = [] }: GraphMessage): readonly ValueInfoMessage[] {
  const given = new Set(initializer.map(({ name }) => name));
  return input.filter(({ name }) => !given.has(name));
}

/** Element types whose values are whole numbers or truth: known when the file is imported, or not accepted. */
const WHOLE: readonly number[] = [
  DATA_TYPES.int64,
  DATA_TYPES.int32,
  DATA_TYPES.int8,
  DATA_TYPES.uint8,
  DATA_TYPES.bool,
];

/** An input as it is imported: whole numbers are a constant; others have a shape, and elements where they are given. */
export interface SuppliedInput {
  readonly constant?: Constant;
  readonly shape: Shape;
  readonly given?: Constant;
}

/** The values that a caller gives, in a shape that the file's allows. */
function givenConstant(
  info: ValueInfoMessage,
  { shape, data }: InputValues,
  isWhole: boolean,
  where: string,
): Constant {
  const axes = info.type?.tensorType?.shape?.dim ?? [];
  const fits =
    shape.length === axes.length && axes.every(({ dimValue = 0 }, axis) => dimValue <= 0 || dimValue === shape[axis]);
  if (!fits || elementCount(shape) !== data.length) {
    const lengths = axes.map(({ dimValue, dimParam = '?' }) => dimValue ?? dimParam).join(', ');
    const found = `${data.length} values of shape ${formatShape(shape)} are given`;
    throw new ModelError(
      'INPUT_SHAPE',
      `${where}: ${found}; accepted are those of shape ${describeValue(`[${lengths}]`)}.`,
    );
  }
  if (!isWhole) return { kind: 'float', shape, data: Float32Array.from(data) };
  if (!Array.from(data).every(Number.isSafeInteger)) {
    throw new ModelError(
      'UNSUPPORTED_INPUT',
      `${where}: values that are given are no whole numbers; accepted are those to 2⁵³.`,
    );
  }
  return integerConstant(shape, data);
}

/**
 * An input of the file. Throws ModelError UNSUPPORTED_INPUT for one of whole numbers whose values are not `given`, and
 * for other types; INPUT_SHAPE for open axes and for given values of another shape.
 */
export function suppliedInput(
  info: ValueInfoMessage,
  size: InputSize | undefined,
  given: InputValues | undefined,
  file: string,
): SuppliedInput {
  const where = `${file}, input ${describeValue(info.name ?? '')}`;
  const { elemType = 0 } = info.type?.tensorType ?? {};
  const isWhole = WHOLE.includes(elemType);
  if (isWhole ? !given : !FLOATS.includes(elemType)) {
    const found = `holds elements of type ${elemType}`;
    const accepted = 'floating-point numbers, or whole numbers whose values are given';
    throw new ModelError('UNSUPPORTED_INPUT', `${where}: ${found}; accepted are ${accepted}.`);
  }
  const constant = given && givenConstant(info, given, isWhole, where);
  if (isWhole) return { constant: constant!, shape: constant!.shape };
  return constant ? { shape: constant.shape, given: constant } : { shape: inputShape(info, size, where) };
}

/**
 * The shape of an input. A given size replaces the rows and columns of an image; an open batch is 1, and an open size
 * 112×112.
 */
function inputShape(info: ValueInfoMessage, size: InputSize | undefined, where: string): Shape {
  const axes = info.type?.tensorType?.shape?.dim ?? [];
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
