/** TFLite operators that move, join, cut and pad values, and those that tell shapes. */
import {
  activated,
  anyOrder,
  type Builtin,
  choice,
  define,
  hasInput,
  input,
  type Lowering,
  option,
  outputName,
  type TfliteStep,
} from './operator.js';

/** An operator that is lowered in the file's own order of axes: from its first operand's name. */
function plain(
  code: number,
  name: string,
  make: (step: TfliteStep, graph: Lowering, value: string) => string,
): Builtin {
  return {
    code,
    name,
    lower(step, graph) {
      define(step, graph, make(step, graph, graph.plain(input(step, graph, 0)).name), false);
    },
  };
}

/** The operands in one order: images where one of them stands so and none is a constant. */
const concatenation: Builtin = {
  code: 2,
  name: 'CONCATENATION',
  lower(step, graph) {
    const indices = step.inputs.map((_, position) => input(step, graph, position));
    const images = indices.some((index) => !graph.isConstant(index) && graph.value(index).channelsFirst);
    const operands = indices.map((index) => (images ? graph.images(index) : graph.plain(index)));
    const axis = graph.axis(operands[0]!, option(step, 0));
    const names = operands.map(({ name }) => name);
    const made = graph.node('Concat', names, { axis }, outputName(step, graph));
    define(step, graph, activated(step, graph, 1, made), images);
  },
};

/** Parts of a value along an axis. */
function parts(step: TfliteStep, graph: Lowering, value: number, axisAt: number, lengthsAt?: number): void {
  const operand = anyOrder(graph, input(step, graph, value));
  const [given = 0] = graph.constantIntegers(input(step, graph, axisAt), 'axes');
  const lengths =
    lengthsAt === undefined ? [] : [graph.integers(graph.constantIntegers(input(step, graph, lengthsAt), 'lengths'))];
  const names = step.outputs.map((index) => graph.tensor(index).name);
  const made = graph.split('Split', [operand.name, ...lengths], { axis: graph.axis(operand, given) }, names);
  for (const [index, output] of step.outputs.entries()) graph.define(output, made[index]!, operand.channelsFirst);
}

const split: Builtin = { code: 49, name: 'SPLIT', lower: (step, graph) => parts(step, graph, 1, 0) };
const splitV: Builtin = { code: 102, name: 'SPLIT_V', lower: (step, graph) => parts(step, graph, 0, 2, 1) };

/** Lengths before and after each axis, `[rank, 2]`. */
function pad(
  code: number,
  name: string,
  mode: (step: TfliteStep, graph: Lowering, lengths: readonly number[]) => string,
): Builtin {
  return {
    code,
    name,
    lower(step, graph) {
      const value = anyOrder(graph, input(step, graph, 0));
      const lengths = graph.constantIntegers(input(step, graph, 1), 'paddings');
      const pads = new Array<number>(2 * value.rank).fill(0);
      for (let axis = 0; axis < value.rank; axis++) {
        const at = graph.axis(value, axis);
        pads[at] = lengths[2 * axis] ?? 0;
        pads[at + value.rank] = lengths[2 * axis + 1] ?? 0;
      }
      const filling = code === 60 ? [graph.weights(input(step, graph, 2), undefined, [])] : [];
      const operands = [value.name, graph.integers(pads), ...filling];
      const attributes = { mode: mode(step, graph, lengths) };
      define(step, graph, graph.node('Pad', operands, attributes, outputName(step, graph)), value.channelsFirst);
    },
  };
}

/** Symmetric padding of one place is the edge's own; of more it has no counterpart. */
function mirror(step: TfliteStep, graph: Lowering, lengths: readonly number[]): string {
  if (choice(step, 0) === 0) return 'reflect';
  if (lengths.some((length) => length > 1)) graph.unsupported('pads symmetrically by 2 or more', 'are 0 and 1');
  return 'edge';
}

interface Cut {
  readonly begin: number;
  readonly end: number;
  readonly step: number;
}

/** Beyond every length: to the end. */
const TO_END = 2 ** 31 - 1;

/** Cuts axes of the file's order. */
function cut(step: TfliteStep, graph: Lowering, cuts: readonly Cut[]): { name: string; channelsFirst: boolean } {
  const value = anyOrder(graph, input(step, graph, 0));
  const lists = [
    cuts.map(({ begin }) => begin),
    cuts.map(({ end }) => end),
    cuts.map((_, axis) => graph.axis(value, axis)),
    cuts.map((one) => one.step),
  ].map((list) => graph.integers(list));
  const name = graph.node('Slice', [value.name, ...lists], {}, outputName(step, graph));
  return { name, channelsFirst: value.channelsFirst };
}

const slice: Builtin = {
  code: 65,
  name: 'SLICE',
  lower(step, graph) {
    const begins = graph.constantIntegers(input(step, graph, 1), 'begins');
    const sizes = graph.constantIntegers(input(step, graph, 2), 'sizes');
    const cuts = begins.map((begin, axis) => {
      const size = sizes[axis] ?? -1;
      return { begin, end: size < 0 ? TO_END : begin + size, step: 1 };
    });
    const { name, channelsFirst } = cut(step, graph, cuts);
    define(step, graph, name, channelsFirst);
  },
};

const stridedSlice: Builtin = {
  code: 45,
  name: 'STRIDED_SLICE',
  lower(step, graph) {
    const [begins, ends, steps] = [1, 2, 3].map((at) => graph.constantIntegers(input(step, graph, at), 'bounds'));
    const [beginMask, endMask, ellipsis, added, removed] = [0, 1, 2, 3, 4].map((field) => option(step, field));
    if (ellipsis !== 0 || added !== 0) graph.unsupported('has an ellipsis or a new axis', 'are ranges of axes');
    const has = (mask: number, axis: number) => (mask & (1 << axis)) !== 0;
    const cuts = begins!.map((begin, axis): Cut => {
      const stride = steps![axis] ?? 1;
      if (has(removed!, axis)) return { begin, end: begin === -1 ? TO_END : begin + 1, step: 1 };
      const first = has(beginMask!, axis) ? (stride < 0 ? TO_END : 0) : begin;
      const end = has(endMask!, axis) ? (stride < 0 ? -TO_END : TO_END) : (ends![axis] ?? TO_END);
      return { begin: first, end, step: stride };
    });
    const { name, channelsFirst } = cut(step, graph, cuts);
    const axes = begins!.map((_, axis) => axis).filter((axis) => has(removed!, axis));
    if (axes.length === 0) define(step, graph, name, channelsFirst);
    else {
      const ordered = channelsFirst ? graph.node('Transpose', [name], { perm: [0, 2, 3, 1] }) : name;
      define(step, graph, graph.node('Squeeze', [ordered, graph.integers(axes)], {}, outputName(step, graph)), false);
    }
  },
};

/** The new shape is an operand, or in the options of older files. */
const reshape = plain(22, 'RESHAPE', (step, graph, value) => {
  const base = outputName(step, graph);
  const given = step.options?.int32s(0);
  const shape = hasInput(step, 1)
    ? graph.node('Cast', [graph.plain(input(step, graph, 1)).name], { to: 7 })
    : graph.integers(given ?? graph.unsupported('has no new shape', 'are those with one'));
  return graph.node('Reshape', [value, shape], { allowzero: 1 }, base);
});

/** Axes of length 1 that are named, or all of them. */
const squeeze = plain(43, 'SQUEEZE', (step, graph, value) => {
  const axes = step.options?.int32s(0) ?? [];
  const operands = axes.length > 0 ? [value, graph.integers(axes)] : [value];
  return graph.node('Squeeze', operands, {}, outputName(step, graph));
});

const expandDims = plain(70, 'EXPAND_DIMS', (step, graph, value) => {
  const axes = graph.integers(graph.constantIntegers(input(step, graph, 1), 'axes'));
  return graph.node('Unsqueeze', [value, axes], {}, outputName(step, graph));
});

const transpose: Builtin = {
  code: 39,
  name: 'TRANSPOSE',
  lower(step, graph) {
    const value = anyOrder(graph, input(step, graph, 0));
    const given = graph.constantIntegers(input(step, graph, 1), 'orders');
    const perm = given.map((axis) => graph.axis(value, axis));
    define(step, graph, graph.node('Transpose', [value.name], { perm }, outputName(step, graph)), false);
  },
};

const shape = plain(77, 'SHAPE', (step, graph, value) => graph.node('Shape', [value], {}, outputName(step, graph)));

const gather: Builtin = {
  code: 36,
  name: 'GATHER',
  lower(step, graph) {
    if (option(step, 1) !== 0) graph.unsupported('has batch axes', 'are those without');
    const value = graph.plain(input(step, graph, 0));
    const operands = [value.name, graph.plain(input(step, graph, 1)).name];
    const axis = graph.axis(value, option(step, 0));
    define(step, graph, graph.node('Gather', operands, { axis }, outputName(step, graph)), false);
  },
};

const pack: Builtin = {
  code: 83,
  name: 'PACK',
  lower(step, graph) {
    const axis = option(step, 1);
    const names = step.inputs.map((_, position) => {
      const { name } = graph.plain(input(step, graph, position));
      return graph.node('Unsqueeze', [name, graph.integers([axis])]);
    });
    define(step, graph, graph.node('Concat', names, { axis }, outputName(step, graph)), false);
  },
};

const unpack: Builtin = {
  code: 88,
  name: 'UNPACK',
  lower(step, graph) {
    const value = graph.plain(input(step, graph, 0));
    const axis = graph.axis(value, option(step, 1));
    const names = step.outputs.map((index) => graph.tensor(index).name);
    const made = names.length === 1 ? [value.name] : graph.split('Split', [value.name], { axis }, names);
    for (const [index, output] of step.outputs.entries()) {
      graph.define(output, graph.node('Squeeze', [made[index]!, graph.integers([axis])], {}, names[index]), false);
    }
  },
};

const tile = plain(69, 'TILE', (step, graph, value) => {
  const repeats = graph.integers(graph.constantIntegers(input(step, graph, 1), 'repeats'));
  return graph.node('Tile', [value, repeats], {}, outputName(step, graph));
});

const broadcastTo = plain(130, 'BROADCAST_TO', (step, graph, value) => {
  const lengths = graph.integers(graph.constantIntegers(input(step, graph, 1), 'lengths'));
  return graph.node('Expand', [value, lengths], {}, outputName(step, graph));
});

/** Every one of them. */
export const moves: readonly Builtin[] = [
  concatenation,
  split,
  splitV,
  pad(34, 'PAD', () => 'constant'),
  pad(60, 'PADV2', () => 'constant'),
  pad(100, 'MIRROR_PAD', mirror),
  slice,
  stridedSlice,
  reshape,
  squeeze,
  expandDims,
  transpose,
  shape,
  gather,
  pack,
  unpack,
  tile,
  broadcastTo,
];
