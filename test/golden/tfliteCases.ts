/** TFLite files of one step or a few, written by hand: every builtin operator that is imported, and its options. */
import type { Fields, TestFile, TestTensor } from '../formats/tflite/flatBufferFile.js';

/** A file with a name. Its inputs are filled by `tfliteInput`. */
export interface TfliteCase {
  readonly name: string;
  readonly content: TestFile;
}

/** Element i of a file's input, from −1 to 1 and never 0; each input has others. */
export function tfliteInput(index: number, input: number): number {
  return Math.sin(index * 0.37 + (index % 7) * 1.3 + 0.5 + input);
}

type Options = readonly [type: number, fields: Fields];

function count(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Elements from −1 to 1. */
function weights(shape: readonly number[], seed = 1): TestTensor {
  const data = Float32Array.from({ length: count(shape) }, (_, index) => Math.sin(index * 1.7 + seed));
  return { shape, data };
}

function integers(...values: readonly number[]): TestTensor {
  return { shape: [values.length], type: 'int32', data: Int32Array.from(values) };
}

function scalar(value: number): TestTensor {
  return { shape: [], type: 'int32', data: Int32Array.of(value) };
}

type Operand = TestTensor | readonly number[];

/** A file of one step: operands with elements are constants, shapes alone are inputs. */
function step(
  name: string,
  code: number,
  operands: readonly Operand[],
  outputs: readonly (readonly number[])[],
  options?: Options,
): TfliteCase {
  const given = operands.map((operand): TestTensor => ('shape' in operand ? operand : { shape: operand }));
  const made = outputs.map((shape): TestTensor => ({ shape }));
  const inputs = given.map((_, index) => index).filter((index) => !given[index]!.data);
  const places = made.map((_, index) => given.length + index);
  const only = { code, inputs: given.map((_, index) => index), outputs: places, ...(options ? { options } : {}) };
  return { name, content: { tensors: [...given, ...made], steps: [only], inputs, outputs: places } };
}

function int32(fields: readonly number[]): Fields {
  return Object.fromEntries(fields.map((value, field) => [field, ['int32', value] as const]));
}

const IMAGE = [1, 7, 6, 4];
const FLAT = [2, 5];

const convolutions: readonly TfliteCase[] = [
  ...[0, 1].flatMap((padding) =>
    [1, 2].map((stride) => {
      const size = (length: number) => Math.ceil((padding === 0 ? length : length - 2) / stride);
      return step(
        `CONV_2D: padding ${padding}, stride ${stride}`,
        3,
        [IMAGE, weights([5, 3, 3, 4]), weights([5])],
        [[1, size(7), size(6), 5]],
        [1, int32([padding, stride, stride])],
      );
    }),
  ),
  step(
    'CONV_2D: dilation',
    3,
    [IMAGE, weights([5, 3, 3, 4]), weights([5])],
    [[1, 3, 4, 5]],
    [1, int32([1, 1, 1, 0, 1, 2])],
  ),
  ...[1, 2, 3].map((activation) =>
    step(
      `CONV_2D: activation ${activation}`,
      3,
      [IMAGE, weights([5, 1, 1, 4]), weights([5])],
      [[1, 7, 6, 5]],
      [1, int32([0, 1, 1, activation])],
    ),
  ),
  step(
    'CONV_2D: strides that differ',
    3,
    [IMAGE, weights([5, 2, 3, 4]), weights([5])],
    [[1, 4, 6, 5]],
    [1, int32([0, 1, 2])],
  ),
  step(
    'CONV_2D: a picture',
    3,
    [[1, 8, 8, 3], weights([5, 3, 3, 3]), weights([5])],
    [[1, 4, 4, 5]],
    [1, int32([0, 2, 2])],
  ),
  ...[1, 2].map((stride) =>
    step(
      `DEPTHWISE_CONV_2D: stride ${stride}`,
      4,
      [IMAGE, weights([1, 3, 3, 4]), weights([4])],
      [[1, Math.ceil(7 / stride), Math.ceil(6 / stride), 4]],
      [2, int32([0, stride, stride, 1])],
    ),
  ),
  step(
    'DEPTHWISE_CONV_2D: multiplier',
    4,
    [IMAGE, weights([1, 3, 3, 8]), weights([8])],
    [[1, 5, 4, 8]],
    [2, int32([1, 1, 1, 2, 3])],
  ),
  step(
    'DEPTHWISE_CONV_2D: dilation',
    4,
    [IMAGE, weights([1, 3, 3, 4]), weights([4])],
    [[1, 7, 6, 4]],
    [2, int32([0, 1, 1, 1, 0, 2, 2])],
  ),
  step(
    'TRANSPOSE_CONV: same',
    67,
    [integers(1, 14, 12, 3), weights([3, 3, 3, 4]), IMAGE],
    [[1, 14, 12, 3]],
    [49, int32([0, 2, 2])],
  ),
  step(
    'TRANSPOSE_CONV: valid',
    67,
    [integers(1, 15, 13, 3), weights([3, 3, 3, 4]), IMAGE],
    [[1, 15, 13, 3]],
    [49, int32([1, 2, 2])],
  ),
  step('FULLY_CONNECTED', 9, [FLAT, weights([3, 5]), weights([3])], [[2, 3]], [8, int32([0])]),
  step('FULLY_CONNECTED: an image', 9, [[1, 2, 2, 3], weights([4, 12]), weights([4])], [[1, 4]], [8, int32([1])]),
  step(
    'FULLY_CONNECTED: keeps axes',
    9,
    [[1, 2, 3, 5], weights([4, 5]), weights([4])],
    [[1, 2, 3, 4]],
    [8, { 0: ['int32', 0], 2: ['uint8', 1] }],
  ),
];

const pools: readonly TfliteCase[] = [1, 17].flatMap((code) => [
  step(`${code === 1 ? 'AVERAGE' : 'MAX'}_POOL_2D: same`, code, [IMAGE], [[1, 4, 3, 4]], [5, int32([0, 2, 2, 3, 3])]),
  step(
    `${code === 1 ? 'AVERAGE' : 'MAX'}_POOL_2D: valid`,
    code,
    [IMAGE],
    [[1, 6, 4, 4]],
    [5, int32([1, 1, 1, 3, 2, 1])],
  ),
]);

/** Operators of two operands, and the type of their options. */
const BINARY = [
  ['ADD', 0, 11],
  ['SUB', 41, 28],
  ['MUL', 18, 21],
  ['DIV', 42, 29],
  ['MAXIMUM', 55, 39],
  ['MINIMUM', 57, 39],
  ['SQUARED_DIFFERENCE', 99, 76],
] as const;

const binary: readonly TfliteCase[] = BINARY.flatMap(([name, code, type]) => [
  step(`${name}: two values`, code, [IMAGE, IMAGE], [IMAGE], [type, {}]),
  step(`${name}: a number a channel`, code, [IMAGE, weights([4], 2)], [IMAGE], [type, {}]),
  step(`${name}: a number`, code, [IMAGE, { shape: [], data: Float32Array.of(0.7) }], [IMAGE], [type, {}]),
  step(`${name}: a constant first`, code, [weights([1, 1, 1, 4], 2), IMAGE], [IMAGE], [type, {}]),
]);

const fused = [1, 2, 3].map((activation) =>
  step(`ADD: activation ${activation}`, 0, [IMAGE, IMAGE], [IMAGE], [11, int32([activation])]),
);

const unary: readonly TfliteCase[] = [
  ...(
    [
      ['RELU', 19],
      ['RELU_N1_TO_1', 20],
      ['RELU_0_TO_1', 152],
      ['RELU6', 21],
      ['LOGISTIC', 14],
      ['TANH', 28],
      ['ELU', 111],
      ['HARD_SWISH', 117],
      ['FLOOR', 8],
      ['CEIL', 104],
      ['ROUND', 116],
      ['EXP', 47],
      ['NEG', 59],
      ['ABS', 101],
      ['SQUARE', 92],
    ] as const
  ).map(([name, code]) => step(name, code, [IMAGE], [IMAGE])),
  step('LEAKY_RELU', 98, [IMAGE], [IMAGE], [75, { 0: ['float32', 0.1] }]),
  step('GELU', 150, [IMAGE], [IMAGE], [116, { 0: ['uint8', 0] }]),
  step('GELU: approximate', 150, [IMAGE], [IMAGE], [116, { 0: ['uint8', 1] }]),
  step('ADD_N', 106, [IMAGE, IMAGE, IMAGE], [IMAGE]),
  step('PRELU', 54, [IMAGE, weights([1, 1, 4])], [IMAGE]),
  step('SOFTMAX', 25, [FLAT], [FLAT], [9, { 0: ['float32', 1] }]),
  step('SOFTMAX: beta', 25, [IMAGE], [IMAGE], [9, { 0: ['float32', 0.5] }]),
  step('L2_NORMALIZATION', 11, [FLAT], [FLAT], [12, int32([0])]),
  step(
    'LOCAL_RESPONSE_NORMALIZATION',
    13,
    [IMAGE],
    [IMAGE],
    [13, { 0: ['int32', 1], 1: ['float32', 1], 2: ['float32', 0.5], 3: ['float32', 0.75] }],
  ),
];

/** Operators of values above 0, behind EXP. */
const positive: readonly TfliteCase[] = (
  [
    ['LOG', 73],
    ['SQRT', 75],
    ['RSQRT', 76],
    ['POW', 78],
  ] as const
).map(([name, code]) => ({
  name,
  content: {
    tensors: [{ shape: IMAGE }, { shape: IMAGE }, { shape: [1], data: Float32Array.of(1.7) }, { shape: IMAGE }],
    steps: [
      { code: 47, inputs: [0], outputs: [1] },
      {
        code,
        inputs: code === 78 ? [1, 2] : [1],
        outputs: [3],
        ...(code === 78 ? { options: [56, {}] as const } : {}),
      },
    ],
    inputs: [0],
    outputs: [3],
  },
}));

/** RESHAPE to the own shape of a value, which a file may work out as it runs. */
const ownShape: TfliteCase = {
  name: 'SHAPE',
  content: {
    tensors: [{ shape: FLAT }, { shape: [2], type: 'int32' }, { shape: FLAT }, { shape: FLAT }],
    steps: [
      { code: 77, inputs: [0], outputs: [1], options: [55, { 0: ['uint8', 2] }] },
      { code: 101, inputs: [0], outputs: [2] },
      { code: 22, inputs: [2, 1], outputs: [3] },
    ],
    inputs: [0],
    outputs: [3],
  },
};

/** CAST to whole numbers and back. */
const cast: TfliteCase = {
  name: 'CAST',
  content: {
    tensors: [
      { shape: FLAT },
      { shape: [1], data: Float32Array.of(9.7) },
      { shape: FLAT },
      { shape: FLAT, type: 'int32' },
      { shape: FLAT },
    ],
    steps: [
      { code: 18, inputs: [0, 1], outputs: [2], options: [21, {}] },
      { code: 53, inputs: [2], outputs: [3], options: [37, { 0: ['uint8', 0], 1: ['uint8', 2] }] },
      { code: 53, inputs: [3], outputs: [4], options: [37, { 0: ['uint8', 2], 1: ['uint8', 0] }] },
    ],
    inputs: [0],
    outputs: [4],
  },
};

const moves: readonly TfliteCase[] = [
  step(
    'PAD',
    34,
    [IMAGE, { shape: [4, 2], type: 'int32', data: Int32Array.of(0, 0, 1, 2, 3, 0, 0, 0) }],
    [[1, 10, 9, 4]],
  ),
  step(
    'PAD: channels',
    34,
    [IMAGE, { shape: [4, 2], type: 'int32', data: Int32Array.of(0, 0, 0, 0, 0, 0, 1, 2) }],
    [[1, 7, 6, 7]],
  ),
  step(
    'PADV2',
    60,
    [
      IMAGE,
      { shape: [4, 2], type: 'int32', data: Int32Array.of(0, 0, 1, 2, 3, 0, 0, 0) },
      { shape: [1], data: Float32Array.of(0.3) },
    ],
    [[1, 10, 9, 4]],
  ),
  step(
    'MIRROR_PAD: reflect',
    100,
    [IMAGE, { shape: [4, 2], type: 'int32', data: Int32Array.of(0, 0, 1, 2, 3, 0, 0, 0) }],
    [[1, 10, 9, 4]],
    [77, { 0: ['uint8', 0] }],
  ),
  step(
    'MIRROR_PAD: symmetric',
    100,
    [IMAGE, { shape: [4, 2], type: 'int32', data: Int32Array.of(0, 0, 1, 1, 1, 0, 0, 0) }],
    [[1, 9, 7, 4]],
    [77, { 0: ['uint8', 1] }],
  ),
  ...[1, 3, -1].map((axis) =>
    step(
      `CONCATENATION: axis ${axis}`,
      2,
      [IMAGE, IMAGE],
      [IMAGE.map((length, at) => (at === (axis + 4) % 4 ? 2 * length : length))],
      [10, int32([axis])],
    ),
  ),
  step(
    'SPLIT',
    49,
    [scalar(3), IMAGE],
    [
      [1, 7, 6, 2],
      [1, 7, 6, 2],
    ],
    [35, int32([2])],
  ),
  step(
    'SPLIT_V',
    102,
    [IMAGE, integers(2, 5), scalar(1)],
    [
      [1, 2, 6, 4],
      [1, 5, 6, 4],
    ],
    [79, int32([2])],
  ),
  step('SLICE', 65, [IMAGE, integers(0, 2, 1, 1), integers(-1, 4, 3, 2)], [[1, 4, 3, 2]]),
  step(
    'STRIDED_SLICE',
    45,
    [IMAGE, integers(0, 1, 0, 0), integers(1, 7, 6, 4), integers(1, 2, 3, 1)],
    [[1, 3, 2, 4]],
    [33, int32([0, 0, 0, 0, 0])],
  ),
  step(
    'STRIDED_SLICE: masks',
    45,
    [IMAGE, integers(0, 1, 2, 3), integers(0, 0, 5, 4), integers(1, 1, 1, 1)],
    [[1, 6, 3]],
    [33, int32([1, 3, 0, 0, 8])],
  ),
  step('RESHAPE', 22, [IMAGE, integers(1, -1)], [[1, 168]], [17, { 0: ['int32s', [1, -1]] }]),
  step('SQUEEZE', 43, [[1, 1, 1, 4]], [[1, 4]], [30, { 0: ['int32s', [1, 2]] }]),
  step('EXPAND_DIMS', 70, [FLAT, scalar(1)], [[2, 1, 5]]),
  step('TRANSPOSE', 39, [IMAGE, integers(0, 3, 1, 2)], [[1, 4, 7, 6]]),
  step('GATHER', 36, [IMAGE, integers(3, 0)], [[1, 7, 6, 2]], [23, int32([3, 0])]),
  step('PACK', 83, [FLAT, FLAT], [[2, 2, 5]], [59, int32([2, 1])]),
  step('UNPACK', 88, [FLAT], [[5], [5]], [64, int32([2, 0])]),
  step(
    'BATCH_MATMUL',
    126,
    [
      [1, 3, 4],
      [1, 4, 5],
    ],
    [[1, 3, 5]],
    [101, {}],
  ),
  step('TILE', 69, [FLAT, integers(2, 3)], [[4, 15]]),
  step('SPACE_TO_DEPTH', 26, [[1, 6, 4, 3]], [[1, 3, 2, 12]], [19, int32([2])]),
  step('DEPTH_TO_SPACE', 5, [[1, 3, 2, 12]], [[1, 6, 4, 3]], [94, int32([2])]),
];

const reductions = (
  [
    ['MEAN', 40],
    ['SUM', 74],
    ['REDUCE_MAX', 82],
    ['REDUCE_MIN', 89],
    ['REDUCE_PROD', 81],
  ] as const
).flatMap(([name, code]) => [
  step(`${name}: of images`, code, [IMAGE, integers(1, 2)], [[1, 4]], [27, { 0: ['uint8', 0] }]),
  step(`${name}: keeps axes`, code, [IMAGE, integers(-1)], [[1, 7, 6, 1]], [27, { 0: ['uint8', 1] }]),
]);

/** Align corners, half pixels. */
const RESIZES = [
  [0, 0],
  [1, 0],
  [0, 1],
] as const;

const resizes = RESIZES.flatMap(([corners, halves]) =>
  [
    [14, 12],
    [5, 9],
  ].flatMap((sides) => [
    step(
      `RESIZE_BILINEAR: ${corners}, ${halves} to ${sides}`,
      23,
      [IMAGE, integers(...sides)],
      [[1, ...sides, 4]],
      [15, { 2: ['uint8', corners], 3: ['uint8', halves] }],
    ),
    step(
      `RESIZE_NEAREST_NEIGHBOR: ${corners}, ${halves} to ${sides}`,
      97,
      [IMAGE, integers(...sides)],
      [[1, ...sides, 4]],
      [74, { 0: ['uint8', corners], 1: ['uint8', halves] }],
    ),
  ]),
);

/** A convolution between DEQUANTIZE of float16 weights; 0x3c00 is 1, 0xb800 is −0.5. */
const half: TfliteCase = {
  name: 'DEQUANTIZE: float16 weights',
  content: {
    tensors: [
      { shape: IMAGE },
      {
        shape: [2, 1, 1, 4],
        type: 'float16',
        data: Uint16Array.of(0x3c00, 0xb800, 0x3c00, 0x3400, 0, 0x3c00, 0xb800, 0x3555),
      },
      { shape: [2, 1, 1, 4] },
      weights([2]),
      { shape: [1, 7, 6, 2] },
    ],
    steps: [
      { code: 6, inputs: [1], outputs: [2] },
      { code: 3, inputs: [0, 2, 3], outputs: [4], options: [1, int32([0, 1, 1])] },
    ],
    inputs: [0],
    outputs: [4],
  },
};

/** A convolution without dilation among rows and columns dealt out to batches. */
const dilated: TfliteCase = {
  name: 'SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND',
  content: {
    tensors: [
      { shape: [1, 8, 8, 4] },
      integers(2, 2),
      { shape: [2, 2], type: 'int32', data: Int32Array.of(2, 2, 2, 2) },
      { shape: [4, 6, 6, 4] },
      weights([1, 3, 3, 4]),
      weights([4]),
      { shape: [4, 4, 4, 4] },
      { shape: [2, 2], type: 'int32', data: Int32Array.of(0, 0, 0, 0) },
      { shape: [1, 8, 8, 4] },
    ],
    steps: [
      { code: 38, inputs: [0, 1, 2], outputs: [3] },
      { code: 4, inputs: [3, 4, 5], outputs: [6], options: [2, int32([1, 1, 1, 1])] },
      { code: 37, inputs: [6, 1, 7], outputs: [8] },
    ],
    inputs: [0],
    outputs: [8],
  },
};

/** Every file of float32 values. */
export const tfliteCases: readonly TfliteCase[] = [
  ...convolutions,
  ...pools,
  ...binary,
  ...fused,
  ...unary,
  ...positive,
  ownShape,
  cast,
  ...moves,
  ...reductions,
  ...resizes,
  half,
  dilated,
];

const INPUT_SCALE = 1 / 127;
const OUTPUT_SCALE = 0.03;

/** A quantised value. */
function whole(shape: readonly number[], type: 'int8' | 'uint8', scale: number, zero = 0): TestTensor {
  return { shape, type, scales: [scale], zeroPoints: [type === 'uint8' ? 128 + zero : zero] };
}

/** Weights of int8 with a scale for each output, or of uint8 with one and a zero point. */
function wholeWeights(shape: readonly number[], type: 'int8' | 'uint8', axis: number): TestTensor {
  const values = Array.from({ length: count(shape) }, (_, index) => Math.round(100 * Math.sin(index * 1.7 + 1)));
  if (type === 'uint8') {
    return { shape, type, data: Uint8Array.from(values, (value) => value + 128), scales: [0.01], zeroPoints: [128] };
  }
  const scales = Array.from({ length: shape[axis]! }, (_, index) => 0.01 + 0.001 * index);
  return { shape, type, data: Int8Array.from(values), scales, axis };
}

function wholeBias(length: number, type: 'int8' | 'uint8'): TestTensor {
  const scales = Array.from(
    { length: type === 'uint8' ? 1 : length },
    (_, index) => INPUT_SCALE * (0.01 + 0.001 * index),
  );
  return { shape: [length], type: 'int32', data: Int32Array.from({ length }, (_, index) => 300 * index - 500), scales };
}

/** The same steps with float32 inputs and outputs: LiteRT.js takes no int8 ones. */
function betweenFloats({ tensors, steps, inputs, outputs }: TestFile): TestFile {
  const floats = [...inputs, ...outputs].map((index): TestTensor => ({ shape: tensors[index]!.shape }));
  const at = (place: number) => tensors.length + place;
  return {
    tensors: [...tensors, ...floats],
    steps: [
      ...inputs.map((index, place) => ({ code: 114, inputs: [at(place)], outputs: [index] })),
      ...steps,
      ...outputs.map((index, place) => ({ code: 6, inputs: [index], outputs: [at(inputs.length + place)] })),
    ],
    inputs: inputs.map((_, place) => at(place)),
    outputs: outputs.map((_, place) => at(inputs.length + place)),
  };
}

/** Every file of quantised values. */
export const quantisedTfliteCases: readonly TfliteCase[] = (['int8', 'uint8'] as const).flatMap((type) => {
  const input = (shape: readonly number[]) => whole(shape, type, INPUT_SCALE);
  const quantised = (
    name: string,
    code: number,
    operands: readonly TestTensor[],
    output: TestTensor,
    options?: Options,
  ): TfliteCase => {
    const file = step(`${type} ${name}`, code, operands, [output.shape], options);
    return { ...file, content: betweenFloats({ ...file.content, tensors: [...operands, output] }) };
  };
  return [
    quantised(
      'CONV_2D',
      3,
      [input(IMAGE), wholeWeights([5, 3, 3, 4], type, 0), wholeBias(5, type)],
      whole([1, 7, 6, 5], type, OUTPUT_SCALE, 3),
      [1, int32([0, 1, 1])],
    ),
    quantised(
      'CONV_2D and RELU6',
      3,
      [input(IMAGE), wholeWeights([5, 1, 1, 4], type, 0), wholeBias(5, type)],
      whole([1, 7, 6, 5], type, 6 / 255, -128),
      [1, int32([0, 1, 1, 3])],
    ),
    quantised(
      'DEPTHWISE_CONV_2D',
      4,
      [input(IMAGE), wholeWeights([1, 3, 3, 4], type, 3), wholeBias(4, type)],
      whole([1, 4, 3, 4], type, OUTPUT_SCALE),
      [2, int32([0, 2, 2, 1])],
    ),
    quantised(
      'FULLY_CONNECTED',
      9,
      [input(FLAT), wholeWeights([3, 5], type === 'int8' ? 'uint8' : type, 0), wholeBias(3, 'uint8')].map(
        (tensor, index) =>
          index === 1 && type === 'int8'
            ? {
                ...tensor,
                type: 'int8' as const,
                data: Int8Array.from(tensor.data as Uint8Array, (value) => value - 128),
                zeroPoints: [0],
              }
            : tensor,
      ),
      whole([2, 3], type, OUTPUT_SCALE),
      [8, int32([0])],
    ),
    quantised('ADD', 0, [input(IMAGE), whole(IMAGE, type, 0.02, 5)], whole(IMAGE, type, OUTPUT_SCALE, -4), [
      11,
      int32([0]),
    ]),
    quantised('AVERAGE_POOL_2D', 1, [input(IMAGE)], whole([1, 3, 3, 4], type, INPUT_SCALE), [
      5,
      int32([1, 2, 2, 2, 2]),
    ]),
    quantised('MAX_POOL_2D', 17, [input(IMAGE)], whole([1, 3, 3, 4], type, INPUT_SCALE), [5, int32([1, 2, 2, 2, 2])]),
    quantised('MEAN', 40, [input(IMAGE), integers(1, 2)], whole([1, 4], type, 0.005), [27, { 0: ['uint8', 0] }]),
    quantised('LOGISTIC', 14, [input(FLAT)], whole(FLAT, type, 1 / 256, -128)),
    quantised('RESHAPE', 22, [input(IMAGE), integers(1, 168)], whole([1, 168], type, INPUT_SCALE), [
      17,
      { 0: ['int32s', [1, 168]] },
    ]),
    quantised('QUANTIZE', 114, [input(IMAGE)], whole(IMAGE, type, 0.02, 7)),
  ];
});
