/** A small embedder on int8 values with every operator that they have, for tests of files. */
import { GraphBuilder } from '../../src/build/builder.js';
import type { Graph } from '../../src/graph/types.js';
import type { Model } from '../../src/model/model.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { wholeTensor } from '../kernels/int8Cases.js';
import { tinyCard } from './tinyModel.js';

const WINDOW = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1, activation: 'relu' } as const;
const POOL = { kernel: [2, 2], stride: [1, 1], padding: [0, 0, 0, 0], rounding: 'down' } as const;
const SAME = { inputScale: 0.05, inputZeroPoint: -3, outputScale: 0.05, outputZeroPoint: -3 };

/** 3×6×5 to 4. */
export function tinyInt8Graph(): Graph {
  const builder = new GraphBuilder();
  builder.input('data', [1, 3, 6, 5]);
  builder.node('int8', 'quantise', ['data'], { scale: 0.05, zeroPoint: -3 });
  const weights = builder.tensor('weights', wholeTensor([4, 3, 3, 3], 1, -63, 63));
  const scales = builder.tensor('scales', float32Tensor([4], [0.25, 0.5, 0.125, 0.0625]));
  const bias = builder.tensor('bias', wholeTensor([4], 2, -100, 100));
  const slopes = builder.tensor('slopes', float32Tensor([4], [0.25, 0.5, -0.5, 0]));
  builder.node('layer', 'quantisedConvolution', ['int8', weights, scales, bias], {
    ...WINDOW,
    inputScale: 0.05,
    inputZeroPoint: -3,
    outputScale: 8,
    outputZeroPoint: -128,
    residualScale: 1,
    residualZeroPoint: 0,
  });
  builder.node('shuffled', 'quantisedChannelShuffle', ['layer'], { groups: 2 });
  builder.node('largest', 'quantisedMaxPool', ['shuffled'], POOL);
  builder.node('bent', 'requantise', ['largest', slopes], {
    inputScale: 8,
    inputZeroPoint: -128,
    outputScale: 0.05,
    outputZeroPoint: -3,
    activation: 'prelu',
  });
  builder.node('sum', 'quantisedAddition', ['bent', 'bent'], {
    aScale: 0.05,
    aZeroPoint: -3,
    bScale: 0.5,
    bZeroPoint: 3,
    outputScale: 0.05,
    outputZeroPoint: -3,
    activation: 'relu6',
  });
  builder.node('mean', 'quantisedAveragePool', ['sum'], { ...POOL, ...SAME, countPadding: true });
  builder.node('wide', 'quantisedConcat', ['mean', 'mean'], { axis: 1 });
  builder.node('part', 'quantisedSlice', ['wide'], { axis: 1, begin: 2, end: 6 });
  builder.node('pooled', 'quantisedGlobalAveragePool', ['part'], SAME);
  builder.node('float32', 'dequantise', ['pooled'], { scale: 0.05, zeroPoint: -3 });
  return builder.build([builder.node('embedding', 'flatten', ['float32'])]);
}

/** `tinyInt8Graph` and a card that fits it. */
export function tinyInt8Model(): Model {
  return { format: 'native', graphs: new Map([['embed', tinyInt8Graph()]]), card: tinyCard };
}
