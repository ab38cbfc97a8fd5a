/** TFLite operators on each element, alone or with that of another operand. */
import { dataTypeOf } from '../lowering.js';
import {
  activated,
  anyOrder,
  type Builtin,
  define,
  input,
  type Lowering,
  outputName,
  type TfliteStep,
} from './operator.js';

/** Operators of one operand: what they become, from the operand's name. */
function unary(
  code: number,
  name: string,
  make: (graph: Lowering, value: string, step: TfliteStep) => string,
): Builtin {
  return {
    code,
    name,
    lower(step, graph) {
      const value = anyOrder(graph, input(step, graph, 0));
      define(step, graph, make(graph, value.name, step), value.channelsFirst);
    },
  };
}

/** An operator that ONNX has too. */
function same(code: number, name: string, operator: string): Builtin {
  return unary(code, name, (graph, value, step) => graph.node(operator, [value], {}, outputName(step, graph)));
}

function clip(code: number, name: string, least: number, most: number): Builtin {
  return unary(code, name, (graph, value, step) =>
    graph.node('Clip', [value, graph.floats([least]), graph.floats([most])], {}, outputName(step, graph)),
  );
}

/** The operands of an operator in one order: that of images where one of them stands so and all can. */
function together(step: TfliteStep, graph: Lowering): { names: readonly string[]; channelsFirst: boolean } {
  const indices = step.inputs.map((_, position) => input(step, graph, position));
  const computed = indices.filter((index) => !graph.isConstant(index)).map((index) => graph.value(index));
  const channelsFirst = computed.some((value) => value.channelsFirst) && computed.every((value) => value.rank === 4);
  const operands = indices.map((index) => (channelsFirst ? graph.besideImages(index) : graph.plain(index)));
  return { names: operands.map(({ name }) => name), channelsFirst };
}

/** Operators of two operands or more; `field` is that of a fused activation. */
function joined(
  code: number,
  name: string,
  operator: string | ((graph: Lowering, names: readonly string[], base: string) => string),
  field?: number,
): Builtin {
  return {
    code,
    name,
    lower(step, graph) {
      const { names, channelsFirst } = together(step, graph);
      const base = outputName(step, graph);
      const made = typeof operator === 'string' ? graph.node(operator, names, {}, base) : operator(graph, names, base);
      define(step, graph, field === undefined ? made : activated(step, graph, field, made), channelsFirst);
    },
  };
}

/** QUANTIZE and DEQUANTIZE: conversions belong to tensors. */
function converted(code: number, name: string): Builtin {
  return {
    code,
    name,
    lower(step, graph) {
      const index = input(step, graph, 0);
      const output = step.outputs[0] ?? -1;
      if (output >= 0 && graph.isConstant(index) && !graph.tensor(output).quantisation) graph.alias(output, index);
      else {
        const value = anyOrder(graph, index);
        const name = graph.node('Identity', [value.name], {}, outputName(step, graph));
        define(step, graph, name, value.channelsFirst);
      }
    },
  };
}

/** Floating-point numbers pass; where one side is whole numbers it is ONNX's Cast. */
const cast: Builtin = unary(53, 'CAST', (graph, value, step) => {
  const to = dataTypeOf(graph.tensor(step.outputs[0]!).type, graph.where);
  return graph.node('Cast', [value], { to }, outputName(step, graph));
});

const prelu: Builtin = {
  code: 54,
  name: 'PRELU',
  lower(step, graph) {
    const { names, channelsFirst } = together(step, graph);
    define(step, graph, graph.node('PRelu', names, {}, outputName(step, graph)), channelsFirst);
  },
};

/** Every one of them. */
export const elementwise: readonly Builtin[] = [
  joined(0, 'ADD', 'Add', 0),
  joined(41, 'SUB', 'Sub', 0),
  joined(18, 'MUL', 'Mul', 0),
  joined(42, 'DIV', 'Div', 0),
  joined(55, 'MAXIMUM', 'Max'),
  joined(57, 'MINIMUM', 'Min'),
  joined(78, 'POW', 'Pow'),
  joined(106, 'ADD_N', 'Sum'),
  joined(99, 'SQUARED_DIFFERENCE', (graph, names, base) => {
    const difference = graph.node('Sub', names);
    return graph.node('Mul', [difference, difference], {}, base);
  }),
  prelu,
  same(19, 'RELU', 'Relu'),
  clip(20, 'RELU_N1_TO_1', -1, 1),
  clip(21, 'RELU6', 0, 6),
  clip(152, 'RELU_0_TO_1', 0, 1),
  unary(98, 'LEAKY_RELU', (graph, value, step) =>
    graph.node('LeakyRelu', [value], { alpha: step.options?.float32(0) ?? 0 }, outputName(step, graph)),
  ),
  unary(150, 'GELU', (graph, value, step) =>
    graph.node('Gelu', [value], { approximate: step.options?.uint8(0) ? 'tanh' : 'none' }, outputName(step, graph)),
  ),
  same(14, 'LOGISTIC', 'Sigmoid'),
  same(28, 'TANH', 'Tanh'),
  same(111, 'ELU', 'Elu'),
  same(117, 'HARD_SWISH', 'HardSwish'),
  same(8, 'FLOOR', 'Floor'),
  same(104, 'CEIL', 'Ceil'),
  same(116, 'ROUND', 'Round'),
  same(47, 'EXP', 'Exp'),
  same(73, 'LOG', 'Log'),
  same(75, 'SQRT', 'Sqrt'),
  same(59, 'NEG', 'Neg'),
  same(101, 'ABS', 'Abs'),
  unary(76, 'RSQRT', (graph, value, step) =>
    graph.node('Reciprocal', [graph.node('Sqrt', [value])], {}, outputName(step, graph)),
  ),
  unary(92, 'SQUARE', (graph, value, step) => graph.node('Mul', [value, value], {}, outputName(step, graph))),
  converted(6, 'DEQUANTIZE'),
  converted(114, 'QUANTIZE'),
  cast,
];
