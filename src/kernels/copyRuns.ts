/** Concatenation and slices: runs of elements copied along an axis. */
import { axisOf } from '../ops/axis.js';
import { sliceAttributes } from '../ops/slice.js';
import { channelStride, imageAxis, isImageAxis, storedAxis } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { type CopyRunsArguments, type CopyRunsSource, copyRunsArguments, copyRunsSource } from './furtherArguments.js';
import { kernelRow, type Places, type Site } from './kernel.js';
import { type Argument, moved, orderArguments } from './struct.js';

function axis(site: Site) {
  return imageAxis(site.inputs[0]!, axisOf(site.node, site.inputs[0]));
}

/** The runs that stand one after the other at each place of the output. */
function sources(site: Site, places: Places): CopyRunsSource[] {
  const along = axis(site);
  if (site.node.operator === 'slice') {
    const { begin, end } = sliceAttributes(site.node, site.inputs[0]);
    const { length, inner } = storedAxis(site.inputs[0]!, along);
    const stride = 4 * (along === 'channels' ? channelStride(length) : length * inner);
    return [{ input: moved(places.inputs[0]!, begin * inner), elements: (end - begin) * inner, stride }];
  }
  return site.inputs.map((shape, index) => {
    const { length, inner } = storedAxis(shape!, along);
    const stride = 4 * (along === 'channels' ? channelStride(length) : length * inner);
    return { input: places.inputs[index]!, elements: length * inner, stride };
  });
}

export const copyRuns = kernelRow<CopyRunsArguments>({
  name: 'copyRuns',
  operators: ['concat', 'slice'],
  struct: copyRunsArguments,
  accepts: (site) =>
    site.tensors.every((tensor) => tensor === undefined) &&
    (site.node.operator !== 'slice' || sliceAttributes(site.node, site.inputs[0]).step === 1) &&
    isImageAxis(site.inputs[0]!, axisOf(site.node, site.inputs[0])),
  extent: (site) => storedAxis(site.outputs[0]!, axis(site)).outer,
  arguments(site, places) {
    const output = site.outputs[0]!;
    const { channels } = imageShape(output);
    const { length, inner } = storedAxis(output, axis(site));
    const padding = axis(site) === 'channels' ? channelStride(channels) - channels : 0;
    return {
      output: places.outputs[0]!,
      count: site.node.operator === 'slice' ? 1 : site.inputs.length,
      padding,
      outputStride: 4 * (length * inner + padding),
    };
  },
  trailing: (site, places): Argument[] =>
    sources(site, places).flatMap((source) => orderArguments(copyRunsSource, source)),
});
