/** Crop: a part of a blob along its axes. */
import { ShapeError } from '../../../errors.js';
import { formatShape } from '../../../tensor/shape.js';
import type { LayerImporter } from '../layerImporter.js';
import { integerParameter, LARGEST_COUNT, listParameter, refuseParameter } from '../parameters.js';
import { describeLayer, type ParamLayer } from '../parseParam.js';

/** As an output length: all that is left. */
const REST = -233;

/** Begin and end along each axis of an image, the outermost first. */
type Ranges = readonly (readonly [begin: number, end: number])[];

/** Parameters 0 to 2 and 3 to 5 are offsets and lengths, 6 to 8 offsets from the end; innermost axis first. */
function rangesByOffsets(layer: ParamLayer, lengths: readonly number[], like: readonly number[] | undefined): Ranges {
  return lengths.map((length, axis) => {
    const key = lengths.length - 1 - axis;
    const begin = integerParameter(layer, key, 0, 0, LARGEST_COUNT);
    const given = integerParameter(layer, key + 3, 0, REST, LARGEST_COUNT);
    const after = integerParameter(layer, key + 6, 0, 0, LARGEST_COUNT);
    if (like) return [begin, begin + (like[axis] ?? length)];
    return [begin, given === REST || given === 0 ? length - after : begin + given];
  });
}

/** Parameters 9 to 11 are begins, ends and axes; numbers below 0 count from the end. */
function rangesByLists(layer: ParamLayer, lengths: readonly number[]): Ranges {
  const [begins, ends, axes] = [9, 10, 11].map((key) => listParameter(layer, key)) as [number[], number[], number[]];
  if (begins.length !== ends.length || (axes.length > 0 && axes.length !== begins.length)) {
    refuseParameter(layer, 10, `a list of ${begins.length} ends`);
  }
  const ranges = lengths.map((length) => [0, length] as [number, number]);
  for (const [index, begin] of begins.entries()) {
    const axis = axes[index] ?? index;
    const at = axis < 0 ? axis + lengths.length : axis;
    const length = lengths[at] ?? refuseParameter(layer, 11, `a list of axes below ${lengths.length}`);
    const end = ends[index]!;
    const place = (number: number) => Math.min(number < 0 ? number + length : number, length);
    ranges[at] = [place(begin), end === REST ? length : place(end)];
  }
  return ranges;
}

/** The part of a blob that offsets and lengths, lists, or the size of a second blob give. */
export const crop: LayerImporter = {
  type: 'Crop',
  parameters: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  inputs: [1, 2],
  outputs: [1, 1],
  inputChannels: () => undefined,
  import(layer, builder) {
    const shape = builder.shape(builder.value(layer));
    const lengths = shape.slice(1);
    const like = layer.inputs.length > 1 ? builder.shape(builder.value(layer, 1)).slice(1) : undefined;
    const byLists = layer.parameters.has(9);
    // A second blob of fewer axes gives the inner ones alone.
    const sizes = like && [...lengths.slice(0, Math.max(0, lengths.length - like.length)), ...like];
    const ranges = byLists ? rangesByLists(layer, lengths) : rangesByOffsets(layer, lengths, sizes);
    const cuts = ranges.flatMap(([begin, end], index) => {
      const length = lengths[index]!;
      if (!Number.isInteger(begin) || !Number.isInteger(end) || begin < 0 || end <= begin || end > length) {
        const found = `${begin} to ${end} along axis ${index} of an input of shape ${formatShape(shape)}`;
        throw new ShapeError(
          'NODE_SHAPE',
          `${describeLayer(layer)}: cuts ${found}; parts are not empty and lie inside.`,
        );
      }
      return begin === 0 && end === length ? [] : [{ axis: index + 1, begin, end }];
    });
    let value = builder.value(layer);
    if (cuts.length === 0) builder.alias(layer.outputs[0]!, value);
    for (const [index, cut] of cuts.entries()) {
      value = builder.node(layer, 'slice', [value], cut, index === cuts.length - 1 ? undefined : `cut${index}`);
    }
  },
};
