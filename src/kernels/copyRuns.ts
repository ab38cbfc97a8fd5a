/** Concatenation and slices: runs of elements copied along an axis. */
import { axisOf } from '../ops/axis.js';
import { sliceAttributes } from '../ops/slice.js';
import { elementBytes, type ImageAxis, imageAxis, isImageAxis, type Layout, storedAxis } from '../tensor/layout.js';
import type { Shape } from '../tensor/shape.js';
import { type CopyRunsArguments, type CopyRunsSource, copyRunsArguments, copyRunsSource } from './furtherArguments.js';
import { kernelRow, type Places, type Site } from './kernel.js';
import { type Argument, moved, orderArguments } from './struct.js';

function axis(site: Site) {
  return imageAxis(site.inputs[0]!, axisOf(site.node, site.inputs[0]));
}

/** Bytes from one run along an axis to the next. */
function runStride(shape: Shape, along: ImageAxis, layout: Layout): number {
  const { length, inner } = storedAxis(shape, along, layout);
  const elements = along === 'channels' ? storedAxis(shape, 'width', layout).inner : length * inner;
  return elements * elementBytes(layout);
}

function isSlice({ node }: Site): boolean {
  return node.operator === 'slice' || node.operator === 'quantisedSlice';
}

/** The runs that stand one after the other at each place of the output. */
function sources(site: Site, places: Places, layout: Layout): CopyRunsSource[] {
  const along = axis(site);
  const bytes = elementBytes(layout);
  if (isSlice(site)) {
    const [shape] = site.inputs;
    const { begin, end } = sliceAttributes(site.node, shape);
    const run = storedAxis(shape!, along, layout).inner * bytes;
    const input = moved(places.inputs[0]!, begin * run);
    return [{ input, length: (end - begin) * run, stride: runStride(shape!, along, layout) }];
  }
  return site.inputs.map((shape, index) => {
    const { length, inner } = storedAxis(shape!, along, layout);
    return {
      input: places.inputs[index]!,
      length: length * inner * bytes,
      stride: runStride(shape!, along, layout),
    };
  });
}

function copyRunsOf(name: string, operators: readonly string[], layout: 'nhwc' | 'nhwcInt8') {
  return kernelRow<CopyRunsArguments>({
    name,
    operators,
    layout,
    struct: copyRunsArguments,
    accepts: (site) =>
      site.tensors.every((tensor) => tensor === undefined) &&
      (!isSlice(site) || sliceAttributes(site.node, site.inputs[0]).step === 1) &&
      isImageAxis(site.inputs[0]!, axisOf(site.node, site.inputs[0])),
    extent: (site) => storedAxis(site.outputs[0]!, axis(site), layout).outer,
    arguments(site, places) {
      const output = site.outputs[0]!;
      const along = axis(site);
      const { length, inner } = storedAxis(output, along, layout);
      const outputStride = runStride(output, along, layout);
      return {
        output: places.outputs[0]!,
        count: isSlice(site) ? 1 : site.inputs.length,
        padding: outputStride - length * inner * elementBytes(layout),
        outputStride,
      };
    },
    trailing: (site, places): Argument[] =>
      sources(site, places, layout).flatMap((source) => orderArguments(copyRunsSource, source)),
  });
}

export const copyRuns = copyRunsOf('copyRuns', ['concat', 'slice'], 'nhwc');
export const copyRunsInt8 = copyRunsOf('copyRunsInt8', ['quantisedConcat', 'quantisedSlice'], 'nhwcInt8');
