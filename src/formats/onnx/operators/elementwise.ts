/** ONNX operators that map each element by itself. */
import type { UnaryOperation } from '../../../ops/unary.js';
import { DATA_TYPES } from '../messages.js';
import type { NodeImporter } from '../nodeImporter.js';
import { unsupported } from '../onnxNode.js';

/** An operator without parameters, or with numbers under the names that they have here and in the file. */
function mapped(
  operator: string,
  operation: UnaryOperation,
  parameters: readonly (readonly [name: string, attribute: string, fallback: number])[] = [],
): NodeImporter {
  return {
    operator,
    attributes: parameters.map(([, attribute]) => attribute),
    inputs: [1, 1],
    import(node, graph) {
      const given = parameters.map(([name, attribute, fallback]) => [name, node.float(attribute, fallback)]);
      graph.append(node, 'unary', [node.value()], { operation, ...Object.fromEntries(given) });
    },
  };
}

function alpha(fallback: number) {
  return [['alpha', 'alpha', fallback]] as const;
}

function plain(operator: string, name: string): NodeImporter {
  return {
    operator,
    attributes: [],
    inputs: [1, 1],
    import: (node, graph) => void graph.append(node, name, [node.value()]),
  };
}

const gelu: NodeImporter = {
  operator: 'Gelu',
  attributes: ['approximate'],
  inputs: [1, 1],
  import(node, graph) {
    const approximate = node.text('approximate', 'none');
    if (approximate !== 'none' && approximate !== 'tanh')
      unsupported('approximate is another word', 'are none and tanh');
    const operation = approximate === 'tanh' ? 'geluTanh' : 'gelu';
    graph.append(node, 'unary', [node.value()], { operation });
  },
};

const FLOATS: readonly number[] = [DATA_TYPES.float, DATA_TYPES.double, DATA_TYPES.float16, DATA_TYPES.bfloat16];

/**
 * Values are float32 throughout: to a floating-point type nothing happens, unless the result is given out in one of
 * fewer digits. To whole numbers the fraction is cut off, and only moves and casts may follow; truth is 0 or 1.
 */
const cast: NodeImporter = {
  operator: 'Cast',
  attributes: ['to', 'saturate', 'round_mode'],
  inputs: [1, 1],
  wholeNumbers: 'moved',
  int8: 'refused',
  import(node, graph) {
    const to = node.integer('to', 0);
    const value = node.value();
    const { float16, bfloat16, bool, int32, int64 } = DATA_TYPES;
    if ((to === float16 || to === bfloat16) && graph.isOutput(node.outputs[0]!)) {
      unsupported('an output is given in 16 bits', 'are outputs of type float and double');
    }
    if (FLOATS.includes(to)) {
      if (graph.isWhole(value)) graph.appendFloat(node, value);
      else graph.alias(node, value);
    } else if (to === int32 || to === int64 || to === bool) {
      graph.markWhole(graph.append(node, 'unary', [value], { operation: to === bool ? 'notZero' : 'truncate' }));
    } else {
      unsupported(`a computed value becomes type ${to}`, 'are floating-point types, int32, int64 and bool');
    }
  },
};

/** Every one of them. */
export const elementwiseImporters: readonly NodeImporter[] = [
  plain('Relu', 'relu'),
  plain('Sigmoid', 'sigmoid'),
  mapped('Tanh', 'tanh'),
  mapped('Elu', 'elu', alpha(1)),
  mapped('Celu', 'celu', alpha(1)),
  mapped('Selu', 'selu', [
    ['alpha', 'alpha', 1.6732632423543772],
    ['beta', 'gamma', 1.0507009873554805],
  ]),
  mapped('ThresholdedRelu', 'thresholdedRelu', alpha(1)),
  mapped('HardSigmoid', 'hardSigmoid', [...alpha(0.2), ['beta', 'beta', 0.5]]),
  mapped('HardSwish', 'hardSwish'),
  mapped('Swish', 'swish', alpha(1)),
  mapped('Mish', 'mish'),
  gelu,
  mapped('Softplus', 'softplus'),
  mapped('Softsign', 'softsign'),
  mapped('Erf', 'erf'),
  mapped('Exp', 'exponential'),
  mapped('Log', 'logarithm'),
  mapped('Sqrt', 'squareRoot'),
  mapped('Reciprocal', 'reciprocal'),
  mapped('Abs', 'absolute'),
  mapped('Neg', 'negative'),
  mapped('Sign', 'sign'),
  mapped('Floor', 'floor'),
  mapped('Ceil', 'ceiling'),
  mapped('Round', 'round'),
  cast,
];
