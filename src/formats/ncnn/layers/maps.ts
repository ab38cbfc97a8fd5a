/** Layers that map each element by itself: UnaryOp and the activations that are layers of their own. */
import type { Attributes } from '../../../graph/types.js';
import type { LayerBuilder, LayerImporter } from '../layerImporter.js';
import { integerParameter, numberParameter, refuseParameter } from '../parameters.js';
import type { ParamLayer } from '../parseParam.js';
import { appendHardSwish } from './activation.js';
import { appendAffine } from './arithmetic.js';

/** A layer of one input and output whose channels pass; `append` adds its nodes. */
function map(
  type: string,
  parameters: readonly number[],
  append: (layer: ParamLayer, builder: LayerBuilder, value: string) => void,
  unsupported?: (layer: ParamLayer) => string | undefined,
): LayerImporter {
  return {
    type,
    parameters,
    inputs: [1, 1],
    outputs: [1, 1],
    ...(unsupported ? { unsupported } : {}),
    inputChannels: () => 'passes',
    import: (layer, builder) => append(layer, builder, builder.value(layer)),
  };
}

/** A layer that is one unary operation; the attributes are its parameters by key, with ncnn's defaults. */
function operation(type: string, name: string, numbers: readonly [attribute: string, fallback: number][] = []) {
  return map(
    type,
    numbers.map((_, key) => key),
    (layer, builder, value) => {
      const given = numbers.map(([attribute, fallback], key) => [attribute, numberParameter(layer, key, fallback)]);
      const attributes: Attributes = { operation: name, ...Object.fromEntries(given) };
      builder.node(layer, 'unary', [value], attributes);
    },
  );
}

const HARD: readonly [string, number][] = [
  ['alpha', 0.2],
  ['beta', 0.5],
];

/** By ncnn's op_type: the unary operations in turn; `square` is a product, the others are refused. */
const UNARY_TYPES: readonly (readonly string[] | undefined)[] = [
  ['absolute'],
  ['negative'],
  ['floor'],
  ['ceiling'],
  ['square'],
  ['squareRoot'],
  ['squareRoot', 'reciprocal'],
  ['exponential'],
  ['logarithm'],
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
  ['reciprocal'],
  ['tanh'],
  ['logarithm', 'log10'],
  ['round'],
  ['truncate'],
];
const UNARY_NAMES = 'abs neg floor ceil square sqrt rsqrt exp log sin cos tan asin acos atan'.split(' ');

function unaryType(layer: ParamLayer): number {
  return integerParameter(layer, 0, 0, 0, 1 << 16);
}

/** One function of each element, by parameter 0. */
const unaryOp = map(
  'UnaryOp',
  [0],
  (layer, builder, value) => {
    const [first = '', second] = UNARY_TYPES[unaryType(layer)]!;
    if (first === 'square') {
      builder.node(layer, 'binary', [value, value], { operation: 'multiply' });
    } else if (second === undefined) {
      builder.node(layer, 'unary', [value], { operation: first });
    } else {
      const between = builder.node(layer, 'unary', [value], { operation: first }, 'first');
      if (second === 'log10') appendAffine(layer, builder, between, Math.LOG10E, 0);
      else builder.node(layer, 'unary', [between], { operation: second });
    }
  },
  (layer) => {
    const type = unaryType(layer);
    return UNARY_TYPES[type] ? undefined : (UNARY_NAMES[type] ?? `operation ${type}`);
  },
);

const hardSwish = map('HardSwish', [0, 1], (layer, builder, value) => {
  appendHardSwish(layer, builder, value, numberParameter(layer, 0, 0.2), numberParameter(layer, 1, 0.5));
});

const gelu = map('GELU', [0], (layer, builder, value) => {
  const fast = integerParameter(layer, 0, 0, 0, 1) === 1;
  builder.node(layer, 'unary', [value], { operation: fast ? 'geluTanh' : 'gelu' });
});

const swish = map('Swish', [], (layer, builder, value) => {
  builder.node(layer, 'unary', [value], { operation: 'swish', alpha: 1 });
});

/** What ncnn takes for the base e. */
const NATURAL = -1;

/** base^(scale · x + shift): base, scale and shift in parameters 0 to 2. */
const exp = map('Exp', [0, 1, 2], (layer, builder, value) => {
  const base = numberParameter(layer, 0, NATURAL);
  if (base !== NATURAL && base <= 0) refuseParameter(layer, 0, 'a base greater than 0, or -1 for e');
  const logarithm = base === NATURAL ? 1 : Math.log(base);
  const [scale, shift] = [numberParameter(layer, 1, 1) * logarithm, numberParameter(layer, 2, 0) * logarithm];
  const exponent = scale === 1 && shift === 0 ? value : appendAffine(layer, builder, value, scale, shift, 'exponent');
  builder.node(layer, 'unary', [exponent], { operation: 'exponential' });
});

/** log(scale · x + shift) of a base: base, scale and shift in parameters 0 to 2. */
const log = map('Log', [0, 1, 2], (layer, builder, value) => {
  const base = numberParameter(layer, 0, NATURAL);
  if (base !== NATURAL && (base <= 0 || base === 1)) refuseParameter(layer, 0, 'a base greater than 0, or -1 for e');
  const [scale, shift] = [numberParameter(layer, 1, 1), numberParameter(layer, 2, 0)];
  const moved = scale === 1 && shift === 0 ? value : appendAffine(layer, builder, value, scale, shift, 'moved');
  if (base === NATURAL) {
    builder.node(layer, 'unary', [moved], { operation: 'logarithm' });
    return;
  }
  const natural = builder.node(layer, 'unary', [moved], { operation: 'logarithm' }, 'natural');
  appendAffine(layer, builder, natural, 1 / Math.log(base), 0);
});

/** Every layer of this file. */
export const maps: readonly LayerImporter[] = [
  unaryOp,
  hardSwish,
  operation('HardSigmoid', 'hardSigmoid', HARD),
  swish,
  operation('Mish', 'mish'),
  operation('TanH', 'tanh'),
  operation('ELU', 'elu', [['alpha', 0.1]]),
  operation('CELU', 'celu', [['alpha', 1]]),
  operation('SELU', 'selu', [
    ['alpha', 1.67326324],
    ['beta', 1.050700987],
  ]),
  gelu,
  operation('Softplus', 'softplus'),
  operation('Erf', 'erf'),
  operation('AbsVal', 'absolute'),
  operation('BNLL', 'softplus'),
  exp,
  log,
];
