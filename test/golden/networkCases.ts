/** The networks as golden cases: every row of Table 2, and MTCNN's three. */
import { table2 } from '../../src/networks/index.js';
import { onet, pnet, rnet } from '../../src/networks/mtcnn.js';
import { seededWeights } from '../../src/networks/seededWeights.js';
import type { GoldenCase } from './goldenCase.js';

export const networkCases: readonly GoldenCase[] = [
  ...table2.map(({ network, build }) => ({ name: network, graph: () => build(seededWeights()) })),
  { name: 'P-Net', graph: () => pnet(seededWeights()), inputShapes: { input: [1, 3, 29, 40] } },
  { name: 'R-Net', graph: () => rnet(seededWeights()) },
  { name: 'O-Net', graph: () => onet(seededWeights()) },
];
