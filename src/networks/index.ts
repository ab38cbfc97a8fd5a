/** Table 2 of the paper as data: each row's network beside the figures that the paper gives for it. */
import type { Graph } from '../graph/types.js';
import { mobileFaceNet } from './mobileFaceNet.js';
import { mobileNetV1 } from './mobileNetV1.js';
import { mobileNetV2 } from './mobileNetV2.js';
import { shuffleNet } from './shuffleNet.js';
import type { WeightSource } from './weightSource.js';

/** One row of Table 2. */
export interface Table2Row {
  readonly network: string;
  /** Builds the network at the row's input size. */
  readonly build: (weights: WeightSource) => Graph;
  /** What the paper prints: millions of parameters, and milliseconds on a Snapdragon 820 with 4 threads of ncnn. */
  readonly paper: { readonly parametersMillions: number; readonly speedMs: number };
}

/**
 * The rows of Table 2.
 * With every expansion factor doubled, ×2 has 1.82 million parameters where the paper prints 1.1 million: it does not
 * say which factors it doubled.
 */
export const table2: readonly Table2Row[] = [
  {
    network: 'MobileNetV1',
    build: mobileNetV1,
    paper: { parametersMillions: 3.2, speedMs: 60 },
  },
  {
    network: 'ShuffleNet (1×, g=3)',
    build: shuffleNet,
    paper: { parametersMillions: 0.83, speedMs: 27 },
  },
  {
    network: 'MobileNetV2',
    build: (weights) => mobileNetV2(weights),
    paper: { parametersMillions: 2.1, speedMs: 49 },
  },
  {
    network: 'MobileNetV2-GDConv',
    build: (weights) => mobileNetV2(weights, 'depthwise'),
    paper: { parametersMillions: 2.1, speedMs: 50 },
  },
  {
    network: 'MobileFaceNet',
    build: (weights) => mobileFaceNet(weights),
    paper: { parametersMillions: 0.99, speedMs: 24 },
  },
  {
    network: 'MobileFaceNet (112×96)',
    build: (weights) => mobileFaceNet(weights, { width: 96 }),
    paper: { parametersMillions: 0.99, speedMs: 21 },
  },
  {
    network: 'MobileFaceNet (96×96)',
    build: (weights) => mobileFaceNet(weights, { height: 96, width: 96 }),
    paper: { parametersMillions: 0.99, speedMs: 18 },
  },
  {
    network: 'MobileFaceNet-M',
    build: (weights) => mobileFaceNet(weights, { head: 'M' }),
    paper: { parametersMillions: 0.92, speedMs: 24 },
  },
  {
    network: 'MobileFaceNet-S',
    build: (weights) => mobileFaceNet(weights, { head: 'S' }),
    paper: { parametersMillions: 0.84, speedMs: 23 },
  },
  {
    network: 'MobileFaceNet (ReLU)',
    build: (weights) => mobileFaceNet(weights, { nonlinearity: 'relu' }),
    paper: { parametersMillions: 0.98, speedMs: 23 },
  },
  {
    network: 'MobileFaceNet (expansion factor ×2)',
    build: (weights) => mobileFaceNet(weights, { expansion: 2 }),
    paper: { parametersMillions: 1.1, speedMs: 27 },
  },
];
