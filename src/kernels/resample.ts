/** Values resampled along one axis; the weights of every output are computed while planning. */
import { axisOf, axisStrides } from '../ops/axis.js';
import { resampleAttributes, resampleRows } from '../ops/resample.js';
import { type ResampleArguments, resampleArguments, resampleRow, resampleTap } from './furtherArguments.js';
import { kernelRow, type Site } from './kernel.js';
import { orderArguments } from './struct.js';

function inputAxis(site: Site) {
  return axisStrides(site.inputs[0]!, axisOf(site.node, site.inputs[0]));
}

export const resample = kernelRow<ResampleArguments>({
  name: 'resample',
  operators: ['resample'],
  layout: 'rowMajor',
  struct: resampleArguments,
  accepts: () => true,
  extent: (site) => inputAxis(site).outer * resampleAttributes(site.node).size,
  arguments(site, places) {
    const { length, inner } = inputAxis(site);
    const rows = resampleRows(length, resampleAttributes(site.node));
    return {
      input: places.inputs[0]!,
      output: places.outputs[0]!,
      length,
      outputs: rows.length,
      taps: rows[0]!.taps.length,
      inner,
    };
  },
  trailing(site) {
    const rows = resampleRows(inputAxis(site).length, resampleAttributes(site.node));
    return rows.flatMap(({ offset, taps }) => [
      ...orderArguments(resampleRow, { offset }),
      ...taps.flatMap((tap) => orderArguments(resampleTap, tap)),
    ]);
  },
});
