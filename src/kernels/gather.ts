/** Places along an axis, by a table that is computed while planning. */
import { isNode } from '../graph/types.js';
import { axisStrides } from '../ops/axis.js';
import { paddedPlaces } from '../ops/padAxis.js';
import { gatherArguments, gatherPlace } from './furtherArguments.js';
import { kernelRow, type Site } from './kernel.js';
import { orderArguments } from './struct.js';

function inputAxis(site: Site<'gather' | 'padAxis'>) {
  return axisStrides(site.inputs[0]!, site.node.attributes.axis);
}

function tableOf(site: Site<'gather' | 'padAxis'>): readonly number[] {
  if (isNode(site.node, 'gather')) return site.node.attributes.indices;
  return paddedPlaces(inputAxis(site).length, site.node.attributes);
}

export const gather = kernelRow({
  name: 'gather',
  operators: ['gather', 'padAxis'],
  layout: 'rowMajor',
  struct: gatherArguments,
  accepts: () => true,
  extent: (site) => inputAxis(site).outer * site.outputs[0]![site.node.attributes.axis]!,
  arguments(site, places) {
    const { length, inner } = inputAxis(site);
    return {
      input: places.inputs[0]!,
      output: places.outputs[0]!,
      value: (isNode(site.node, 'padAxis') && site.node.attributes.value) || 0,
      length,
      count: site.outputs[0]![site.node.attributes.axis]!,
      inner,
    };
  },
  trailing: (site) => tableOf(site).flatMap((index) => orderArguments(gatherPlace, { index })),
});
