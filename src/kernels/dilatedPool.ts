/** Pooling of windows with gaps. */
import { dilatedPoolArguments } from './furtherArguments.js';
import { kernelRow, storedRows } from './kernel.js';
import { windowPoolArguments } from './pool.js';
import { dilationArguments } from './window.js';

export const dilatedPool = kernelRow({
  name: 'dilatedPool',
  operators: ['maxPool', 'averagePool'],
  struct: dilatedPoolArguments,
  accepts: ({ node }) => node.attributes.dilation.some((length) => length !== 1),
  extent: (site) => storedRows(site.outputs[0]!),
  arguments: (site, places) => ({
    ...windowPoolArguments(site, places),
    ...dilationArguments(site.node.attributes.dilation),
    takesMean: site.node.operator === 'averagePool' ? 1 : 0,
  }),
});
