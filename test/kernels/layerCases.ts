/** Sites of transposed convolutions, products of values, windows with gaps, and tables along one axis. */
import type { Attributes } from '../../src/graph/types.js';
import type { Shape } from '../../src/tensor/shape.js';
import { IMAGES, valueCase } from './familyCases.js';
import { type KernelCase, makeCase } from './makeCase.js';

const TRANSPOSED: Attributes = {
  stride: [1, 1],
  padding: [0, 0, 0, 0],
  outputPadding: [0, 0],
  dilation: [1, 1],
  groups: 1,
};

function transposed(input: Shape, weights: Shape, attributes: Attributes = {}, bias = true): KernelCase {
  const all = { ...TRANSPOSED, ...attributes };
  const outputs = weights[1]! * (all.groups as number);
  const name = `transposed ${weights.join('×')} on ${input.join('×')}, ${JSON.stringify(attributes)}`;
  const shapes = bias ? [input, weights, [outputs]] : [input, weights];
  return makeCase(name, { operator: 'convolutionTranspose', attributes: all, shapes, constant: [1, 2] });
}

function transposedCases(): KernelCase[] {
  const twice = { stride: [2, 2] };
  return [
    transposed([1, 3, 4, 5], [3, 8, 3, 3]),
    transposed([2, 4, 5, 4], [4, 5, 2, 2], twice),
    transposed([1, 6, 7, 9], [6, 9, 3, 3], { ...twice, padding: [1, 1, 1, 1], outputPadding: [1, 1] }),
    transposed([1, 5, 3, 6], [5, 12, 4, 4], { stride: [2, 3], padding: [1, 0, 2, 3] }, false),
    transposed([1, 2, 3, 3], [2, 1, 2, 2], { stride: [4, 5], outputPadding: [3, 2] }),
    transposed([2, 8, 4, 4], [8, 3, 3, 2], { dilation: [2, 3], stride: [3, 2] }),
    transposed([1, 6, 4, 5], [6, 2, 3, 3], { groups: 3, ...twice }),
    transposed([1, 6, 4, 5], [6, 8, 3, 3], { groups: 2, padding: [2, 2, 2, 2] }),
    transposed([1, 7, 4, 5], [7, 1, 3, 3], { groups: 7, ...twice }),
    transposed([1, 4, 1, 1], [4, 20, 5, 7]),
  ];
}

function productCases(): KernelCase[] {
  const shapes: readonly (readonly [Shape, Shape])[] = [
    [
      [1, 1],
      [1, 1],
    ],
    [
      [4, 5],
      [5, 8],
    ],
    [
      [5, 7],
      [7, 13],
    ],
    [
      [2, 3, 9],
      [2, 9, 16],
    ],
    [
      [3, 1, 6, 4],
      [1, 2, 4, 3],
    ],
    [
      [2, 3, 1, 2, 9, 4],
      [1, 3, 2, 2, 4, 6],
    ],
    [
      [1, 11, 3],
      [5, 3, 10],
    ],
  ];
  return shapes.flatMap(([a, b], index) => {
    const name = `product of ${a.join('×')} and ${b.join('×')}`;
    const inputs = { operator: 'matMul', attributes: {}, shapes: [a, b] };
    const constant = index % 2 === 0 ? [makeCase(`${name}, constant`, { ...inputs, constant: [1] })] : [];
    return [makeCase(name, { ...inputs, constant: [] }), ...constant];
  });
}

function gapCases(): KernelCase[] {
  const windows = [
    { kernel: [2, 2], stride: [1, 1], padding: [0, 0, 0, 0], dilation: [2, 3], rounding: 'down' },
    { kernel: [3, 2], stride: [2, 1], padding: [2, 1, 1, 2], dilation: [2, 2], rounding: 'up' },
    { kernel: [2, 1], stride: [1, 2], padding: [1, 0, 2, 0], dilation: [3, 1], rounding: 'up' },
  ];
  return IMAGES.flatMap((image) =>
    windows.flatMap((window) => [
      valueCase('maxPool', window, [image]),
      valueCase('averagePool', { ...window, countPadding: true }, [image]),
      valueCase('averagePool', { ...window, countPadding: false }, [image]),
    ]),
  );
}

function tableCases(): KernelCase[] {
  const shapes: readonly Shape[] = [[9], [4, 7], [2, 5, 4, 6], [3, 4, 2, 1, 5], [1, 2, 3, 4, 2, 6]];
  const modes: readonly Attributes[] = [
    { mode: 'constant', before: 2, after: 1, value: 0.25 },
    { mode: 'edge', before: 0, after: 3 },
    { mode: 'wrap', before: 7, after: 5 },
  ];
  return shapes.flatMap((shape) =>
    shape.flatMap((length, axis) => [
      valueCase('gather', { axis, indices: [length - 1, 0, 0, Math.floor(length / 2)] }, [shape]),
      ...modes.map((mode) => valueCase('padAxis', { axis, ...mode }, [shape])),
      ...(length > 1 ? [valueCase('padAxis', { axis, mode: 'reflect', before: length - 1, after: 1 }, [shape])] : []),
    ]),
  );
}

const RESAMPLES: readonly Attributes[] = [
  { mode: 'nearest', coordinates: 'tfHalfPixel', rounding: 'floor', size: 7, scale: [1.75] },
  { mode: 'linear', coordinates: 'pytorchHalfPixel', antialias: false, excludeOutside: false, size: 9, scale: [2.25] },
  { mode: 'linear', coordinates: 'halfPixel', antialias: true, excludeOutside: false, size: 2, scale: [0.4] },
  { mode: 'linear', coordinates: 'symmetric', antialias: false, excludeOutside: true, size: 5, scale: [1.3] },
  {
    mode: 'linear',
    coordinates: 'region',
    antialias: false,
    excludeOutside: false,
    region: [-0.2, 1.4],
    beyond: 7,
    size: 6,
    scale: [1.5],
  },
  {
    mode: 'cubic',
    coordinates: 'alignCorners',
    coefficient: -0.75,
    antialias: false,
    excludeOutside: false,
    size: 8,
    scale: [2],
  },
  {
    mode: 'cubic',
    coordinates: 'asymmetric',
    coefficient: -0.5,
    antialias: true,
    excludeOutside: true,
    size: 3,
    scale: [0.6],
  },
];

function resampleCases(): KernelCase[] {
  const sites: readonly (readonly [Shape, number])[] = [
    [[2, 3, 4, 5], 2],
    [[2, 3, 4, 5], 3],
    [[5], 0],
    [[3, 4, 9], 1],
    [[2, 4, 2, 1, 3, 4], 1],
  ];
  return RESAMPLES.flatMap((attributes) =>
    sites.map(([shape, axis]) => valueCase('resample', { axis, ...attributes }, [shape])),
  );
}

/** All of them. */
export function layerCases(): KernelCase[] {
  return [...transposedCases(), ...productCases(), ...gapCases(), ...tableCases(), ...resampleCases()];
}
