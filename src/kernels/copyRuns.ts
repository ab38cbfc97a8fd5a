/** Concatenation and slices: runs of elements copied along an axis. */
import { isNode, type Node } from '../graph/types.js';
import { elementBytes, type ImageAxis, imageAxis, isImageAxis, type Layout, storedAxis } from '../tensor/layout.js';
import type { Shape } from '../tensor/shape.js';
import { copyRunsArguments, copyRunsSource } from './furtherArguments.js';
import { kernelRow, type Places, type Site } from './kernel.js';
import { type Argument, type ArgumentsOf, moved, orderArguments } from './struct.js';

type RunsSite = Site<'concat' | 'slice' | 'quantisedConcat' | 'quantisedSlice'>;

function axis(site: RunsSite) {
  return imageAxis(site.inputs[0]!, site.node.attributes.axis);
}

/** Bytes from one run along an axis to the next. */
function runStride(shape: Shape, along: ImageAxis, layout: Layout): number {
  const { length, inner } = storedAxis(shape, along, layout);
  const elements = along === 'channels' ? storedAxis(shape, 'width', layout).inner : length * inner;
  return elements * elementBytes(layout);
}

function isSlice(node: Node): node is Node<'slice' | 'quantisedSlice'> {
  return isNode(node, 'slice', 'quantisedSlice');
}

/** The runs that stand one after the other at each place of the output. */
function sources(site: RunsSite, places: Places, layout: Layout): ArgumentsOf<typeof copyRunsSource>[] {
  const along = axis(site);
  const bytes = elementBytes(layout);
  if (isSlice(site.node)) {
    const [shape] = site.inputs;
    const { begin, end } = site.node.attributes;
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

function copyRunsOf(name: string, operators: readonly RunsSite['node']['operator'][], layout: 'nhwc' | 'nhwcInt8') {
  return kernelRow({
    name,
    operators,
    layout,
    struct: copyRunsArguments,
    accepts: (site) =>
      site.tensors.every((tensor) => tensor === undefined) &&
      (!isSlice(site.node) || site.node.attributes.step === 1) &&
      isImageAxis(site.inputs[0]!, site.node.attributes.axis),
    extent: (site) => storedAxis(site.outputs[0]!, axis(site), layout).outer,
    arguments(site, places) {
      const output = site.outputs[0]!;
      const along = axis(site);
      const { length, inner } = storedAxis(output, along, layout);
      const outputStride = runStride(output, along, layout);
      return {
        output: places.outputs[0]!,
        count: isSlice(site.node) ? 1 : site.inputs.length,
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
