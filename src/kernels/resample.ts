/** Values resampled along one axis; the weights of every output are computed while planning. */
import { axisStrides } from '../ops/axis.js';
import { resampleRows } from '../ops/resample.js';
import { resampleArguments, resampleRow, resampleTap } from './furtherArguments.js';
import { kernelRow, type Site } from './kernel.js';
import { orderArguments } from './struct.js';

function inputAxis(site: Site<'resample'>) {
  return axisStrides(site.inputs[0]!, site.node.attributes.axis);
}

export const resample = kernelRow({
  name: 'resample',
  operators: ['resample'],
  layout: 'rowMajor',
  struct: resampleArguments,
  accepts: () => true,
  extent: (site) => inputAxis(site).outer * site.node.attributes.size,
  arguments(site, places) {
    const { length, inner } = inputAxis(site);
    const rows = resampleRows(length, site.node.attributes);
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
    const rows = resampleRows(inputAxis(site).length, site.node.attributes);
    return rows.flatMap(({ offset, taps }) => [
      ...orderArguments(resampleRow, { offset }),
      ...taps.flatMap((tap) => orderArguments(resampleTap, tap)),
    ]);
  },
});
