/** Places along an axis, by a table that is computed while planning. */
import { axisOf, axisStrides } from '../ops/axis.js';
import { gatherIndices } from '../ops/gather.js';
import { padAxisAttributes, paddedPlaces } from '../ops/padAxis.js';
import { type GatherArguments, gatherArguments, gatherPlace } from './furtherArguments.js';
import { kernelRow, type Site } from './kernel.js';
import { orderArguments } from './struct.js';

function inputAxis(site: Site) {
  return axisStrides(site.inputs[0]!, axisOf(site.node, site.inputs[0]));
}

function tableOf(site: Site): readonly number[] {
  if (site.node.operator === 'gather') return gatherIndices(site.node);
  return paddedPlaces(inputAxis(site).length, padAxisAttributes(site.node));
}

export const gather = kernelRow<GatherArguments>({
  name: 'gather',
  operators: ['gather', 'padAxis'],
  layout: 'rowMajor',
  struct: gatherArguments,
  accepts: () => true,
  extent: (site) => inputAxis(site).outer * site.outputs[0]![axisOf(site.node, site.inputs[0])]!,
  arguments(site, places) {
    const { length, inner } = inputAxis(site);
    return {
      input: places.inputs[0]!,
      output: places.outputs[0]!,
      value: site.node.operator === 'gather' ? 0 : padAxisAttributes(site.node).value,
      length,
      count: site.outputs[0]![axisOf(site.node, site.inputs[0])]!,
      inner,
    };
  },
  trailing: (site) => tableOf(site).flatMap((index) => orderArguments(gatherPlace, { index })),
});
