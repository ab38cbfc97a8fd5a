/** Pooling of windows with gaps. */
import { poolAttributes } from '../ops/pool.js';
import { type DilatedPoolArguments, dilatedPoolArguments } from './furtherArguments.js';
import { kernelRow, storedRows } from './kernel.js';
import { windowPoolArguments } from './pool.js';
import { dilationArguments } from './window.js';

export const dilatedPool = kernelRow<DilatedPoolArguments>({
  name: 'dilatedPool',
  operators: ['maxPool', 'averagePool'],
  struct: dilatedPoolArguments,
  accepts: ({ node }) => poolAttributes(node).dilation.some((length) => length !== 1),
  extent: (site) => storedRows(site.outputs[0]!),
  arguments: (site, places) => ({
    ...windowPoolArguments(site, places),
    ...dilationArguments(poolAttributes(site.node).dilation),
    takesMean: site.node.operator === 'averagePool' ? 1 : 0,
  }),
});
