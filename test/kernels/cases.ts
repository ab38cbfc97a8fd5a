/** The sites that kernels are tested on: layers of real networks, and every remainder of tiles, panels and borders. */
import { inferShapes } from '../../src/build/infer.js';
import { mobileFaceNet } from '../../src/networks/mobileFaceNet.js';
import { seededWeights } from '../../src/networks/seededWeights.js';
import type { Activation } from '../../src/ops/activation.js';
import { optimise } from '../../src/passes/index.js';
import { siteOf } from '../../src/plan/site.js';
import { elementCount } from '../../src/tensor/shape.js';
import { familyCases } from './familyCases.js';
import { layerCases } from './layerCases.js';
import { convolutionCase, type KernelCase, makeCase, seededTensor } from './makeCase.js';
import { operatorCases } from './operatorCases.js';

const ACTIVATION_CYCLE: readonly Activation[] = ['none', 'relu', 'relu6', 'prelu'];

function pointwiseCases(): KernelCase[] {
  const cases: KernelCase[] = [];
  for (let width = 1; width <= 13; width++) {
    const activation = ACTIVATION_CYCLE[width % 4]!;
    cases.push(
      convolutionCase({ input: [1, 5, 1, width], outputs: 9, kernel: [1, 1], activation, residual: width % 2 === 0 }),
    );
  }
  for (let channels = 1; channels <= 17; channels++) {
    const activation = ACTIVATION_CYCLE[channels % 4]!;
    cases.push(
      convolutionCase({
        input: [2, channels, 3, 5],
        outputs: 18 - channels,
        kernel: [1, 1],
        activation,
        bias: channels % 3 > 0,
      }),
    );
  }
  return cases;
}

function depthwiseCases(): KernelCase[] {
  const cases: KernelCase[] = [];
  for (const stride of [1, 2]) {
    for (let size = 1; size <= 8; size++) {
      for (const padding of [
        [1, 1, 1, 1],
        [0, 0, 0, 0],
        [0, 0, 1, 1],
        [2, 1, 0, 1],
        [0, 1, 0, 2],
        [1, 1, 1, 5],
        [0, 0, 2, 6],
        [1, 1, 4, 4],
      ] as const) {
        const [top, left, bottom, right] = padding;
        const width = right > 3 ? size : size + 1;
        if (size + top + bottom < 3 || width + left + right < 3) continue;
        const few = 1 + ((size * 3 + stride) % 9);
        const activation = ACTIVATION_CYCLE[(size + top) % 4]!;
        const residual = size % 3 === 0;
        const stored = { kernel: [3, 3], stride: [stride, stride], padding, activation, residual } as const;
        for (const channels of [few, size === 5 ? 80 : 16]) {
          const input = [size % 4 === 0 ? 2 : 1, channels, size, width];
          cases.push(convolutionCase({ ...stored, input, outputs: channels, groups: channels }));
        }
      }
    }
  }
  return cases.filter(({ site }) => site.inputs[1]![1] === 1 && site.outputs[0]![1]! > 1);
}

function globalDepthwiseCases(): KernelCase[] {
  const sizes = [
    [7, 7],
    [7, 6],
    [6, 6],
    [1, 2],
    [4, 3],
  ] as const;
  return sizes.flatMap(([height, width], index) =>
    [2, 4, 7, 16, 18, 33].map((channels) => {
      const activation = ACTIVATION_CYCLE[index % 4]!;
      const input = [index % 2 === 0 ? 1 : 3, channels, height, width];
      return convolutionCase({
        input,
        outputs: channels,
        groups: channels,
        kernel: [height, width],
        activation,
        residual: index === 3,
      });
    }),
  );
}

function denseCases(): KernelCase[] {
  const cases: KernelCase[] = [];
  for (const stride of [1, 2] as const) {
    for (let width = 3; width <= 12; width++) {
      const padding = (
        [
          [1, 1, 1, 1],
          [0, 0, 1, 1],
          [1, 0, 0, 0],
        ] as const
      )[width % 3]!;
      const activation = ACTIVATION_CYCLE[width % 4]!;
      const options = {
        kernel: [3, 3],
        stride: [stride, stride],
        padding,
        activation,
        residual: width % 5 === 0,
      } as const;
      cases.push(convolutionCase({ ...options, input: [1 + (width % 2), 3, width, width + 1], outputs: 1 + width }));
      cases.push(convolutionCase({ ...options, input: [1, 1 + (width % 6), width + 1, width], outputs: 13 - width }));
    }
  }
  cases.push(
    convolutionCase({
      input: [1, 6, 9, 11],
      outputs: 10,
      kernel: [5, 3],
      stride: [2, 1],
      padding: [2, 0, 1, 1],
      dilation: [1, 2],
      activation: 'prelu',
    }),
    convolutionCase({ input: [2, 5, 8, 8], outputs: 7, kernel: [2, 2], activation: 'relu6' }),
    convolutionCase({ input: [1, 8, 6, 5], outputs: 12, kernel: [1, 1], stride: [2, 2], residual: true }),
    convolutionCase({ input: [1, 4, 5, 5], outputs: 4, kernel: [1, 1], padding: [1, 2, 0, 1], activation: 'relu' }),
    convolutionCase({ input: [1, 3, 4, 4], outputs: 8, kernel: [7, 7], padding: [3, 3, 3, 3] }),
  );
  return cases;
}

/** Tiles of 2×2: every remainder of tiles, panels and vectors, blocks that hold several images, and the detector's layers. */
function winogradCases(): KernelCase[] {
  const cases: KernelCase[] = [];
  for (let width = 1; width <= 12; width++) {
    const padding = (
      [
        [1, 1, 1, 1],
        [0, 0, 1, 2],
        [2, 1, 0, 0],
      ] as const
    )[width % 3]!;
    const options = { kernel: [3, 3], padding, residual: width % 4 === 0, bias: width % 5 > 0 } as const;
    const input = [1 + (width % 3), 7 + width, 1 + ((width * 5) % 7) + 2, width + 2];
    const activation = ACTIVATION_CYCLE[width % 4]!;
    cases.push(convolutionCase({ ...options, input, outputs: 20 - width, activation }));
  }
  for (const [input, outputs] of [
    [[1, 10, 9, 37], 16],
    [[1, 16, 7, 35], 32],
    [[3, 28, 11, 11], 48],
    [[1, 32, 23, 23], 64],
    [[2, 64, 10, 10], 64],
  ] as const) {
    cases.push(convolutionCase({ input, outputs, kernel: [3, 3], activation: 'prelu' }));
  }
  return cases;
}

/** Groups whose outputs are whole vectors, half panels and odd numbers; depthwise of every kind, and with a multiplier. */
function groupedCases(): KernelCase[] {
  const cases: KernelCase[] = [];
  const widths = [1, 2, 3, 4, 5, 6, 7, 9, 11, 13];
  widths.forEach((width, index) => {
    const activation = ACTIVATION_CYCLE[index % 4]!;
    const residual = index % 3 === 1;
    const groups = 2 + (index % 3);
    const grouped = { activation, residual, groups, bias: index % 4 !== 2 };
    const channels = groups * (1 + index);
    const whole = groups * 4 * (1 + (index % 5));
    const odd = groups * (1 + index);
    const batch = 1 + (index % 2);
    cases.push(
      convolutionCase({ ...grouped, input: [batch, channels, 2, width], outputs: whole, kernel: [1, 1] }),
      convolutionCase({ ...grouped, input: [batch, channels, 2, width], outputs: odd, kernel: [1, 1] }),
      convolutionCase({
        ...grouped,
        input: [1, channels, 4, width + 2],
        outputs: index % 2 === 0 ? odd : whole,
        kernel: [3, 2],
        stride: [1 + (index % 2), 1],
        padding: [1, index % 2, 0, 1],
        dilation: [1, 1 + (index % 2)],
      }),
    );
  });
  for (const [channels, multiplier] of [
    [3, 2],
    [5, 4],
    [4, 3],
    [2, 9],
  ] as const) {
    cases.push(
      convolutionCase({
        input: [2, channels, 5, 4],
        outputs: channels * multiplier,
        groups: channels,
        kernel: [3, 3],
        padding: [1, 1, 1, 1],
        activation: ACTIVATION_CYCLE[multiplier % 4]!,
        residual: multiplier === 3,
      }),
    );
  }
  cases.push(
    convolutionCase({ input: [1, 240, 7, 7], outputs: 60, kernel: [1, 1], groups: 3, activation: 'relu' }),
    convolutionCase({ input: [1, 60, 7, 7], outputs: 240, kernel: [1, 1], groups: 3, residual: true }),
    convolutionCase({ input: [1, 24, 6, 6], outputs: 24, kernel: [1, 1], groups: 2, stride: [2, 2] }),
  );
  const windows = [
    { kernel: [5, 5], padding: [2, 2, 2, 2] },
    { kernel: [1, 3], padding: [0, 1, 0, 1] },
    { kernel: [3, 3], padding: [2, 2, 2, 2], dilation: [2, 2] },
    { kernel: [2, 2], padding: [0, 0, 1, 1], stride: [2, 1] },
    { kernel: [3, 3], padding: [4, 5, 1, 0], dilation: [3, 2], stride: [3, 2] },
    { kernel: [3, 3], padding: [1, 1, 1, 1], stride: [3, 3] },
  ] as const;
  windows.forEach((window, index) => {
    for (const channels of [2, 8, 19, 37]) {
      const activation = ACTIVATION_CYCLE[(index + channels) % 4]!;
      const options = { activation, residual: index % 2 === 0, outputs: channels, groups: channels };
      cases.push(convolutionCase({ ...window, ...options, input: [1 + (index % 2), channels, 7, 6] }));
    }
  });
  return cases;
}

function fullyConnectedCases(): KernelCase[] {
  const inputs = [
    [1, 5],
    [1, 64, 3, 3],
    [3, 7, 2, 2],
    [1, 6, 1, 1],
    [5, 9],
    [7, 4, 1, 3],
  ] as const;
  return inputs.flatMap((input, index) =>
    [1, 4, 6, 8, 20, 31, 35, 40].map((outputs) => {
      const activation = ACTIVATION_CYCLE[(index + outputs) % 4]!;
      const weights = [outputs, elementCount(input.slice(1))];
      const slopes = activation === 'prelu' ? [outputs] : undefined;
      const residual = outputs % 5 === 0 ? [input[0], outputs] : undefined;
      const shapes = [input, weights, outputs % 3 === 0 ? undefined : [outputs], slopes, residual];
      const name = `fully connected ${input.join('×')} to ${outputs}, ${activation}`;
      return makeCase(name, { operator: 'fullyConnected', attributes: { activation }, shapes, constant: [1, 2, 3] });
    }),
  );
}

function elementwiseCases(): KernelCase[] {
  const inputs = [
    [1, 1, 1, 1],
    [1, 3, 2, 5],
    [2, 4, 3, 3],
    [3, 9],
    [1, 130, 2, 2],
  ] as const;
  return inputs.flatMap((input) => {
    const channels = [input[1]];
    const shape = input.join('×');
    return [
      makeCase(`prelu ${shape}`, { operator: 'prelu', attributes: {}, shapes: [input, channels], constant: [1] }),
      makeCase(`relu ${shape}`, { operator: 'relu', attributes: {}, shapes: [input], constant: [] }),
      makeCase(`clip ${shape}`, {
        operator: 'clip',
        attributes: { least: 0.25, most: 0.5 },
        shapes: [input],
        constant: [],
      }),
      makeCase(`affine ${shape}`, {
        operator: 'affine',
        attributes: {},
        shapes: [input, channels, channels],
        constant: [1, 2],
      }),
      makeCase(`affine of one pair ${shape}`, {
        operator: 'affine',
        attributes: {},
        shapes: [input, [1], [1]],
        constant: [1, 2],
      }),
      makeCase(`add ${shape}`, { operator: 'add', attributes: {}, shapes: [input, input], constant: [] }),
    ];
  });
}

/** Each distinct layer of Table 1, with its seeded weights. */
function table1Cases(): KernelCase[] {
  const graph = optimise(mobileFaceNet(seededWeights(1)));
  const shapes = inferShapes(graph);
  const cases = new Map<string, KernelCase>();
  for (const node of graph.nodes) {
    const site = siteOf(graph, node, shapes);
    const key = JSON.stringify([node.operator, node.attributes, site.inputs]);
    if (cases.has(key)) continue;
    const values = site.inputs.map((shape, index) =>
      shape && !site.tensors[index] ? seededTensor(shape, index + 1) : undefined,
    );
    cases.set(key, { name: `Table 1, ${node.name}`, site, values });
  }
  return [...cases.values()];
}

/** All cases. */
export const kernelCases: readonly KernelCase[] = [
  ...pointwiseCases(),
  ...depthwiseCases(),
  ...globalDepthwiseCases(),
  ...denseCases(),
  ...winogradCases(),
  ...groupedCases(),
  ...fullyConnectedCases(),
  ...elementwiseCases(),
  ...operatorCases(),
  ...familyCases(),
  ...layerCases(),
  ...table1Cases(),
];
