/** The networks of Table 2: parameters, multiply-adds, shapes and names. */
import { describe, expect, it } from 'vitest';
import { countMultiplyAdds, countParameters, inferShapes } from '../../src/build/infer.js';
import { table2 } from '../../src/networks/index.js';
import { float32Tensor } from '../../src/tensor/tensor.js';

/** Network, input, multiply-adds, parameters, embedding length: counted from the paper by hand, not by this code. */
const COUNTS = [
  ['MobileNetV1', [1, 3, 112, 112], 567_716_352, 3_196_032, 1024],
  ['ShuffleNet (1×, g=3)', [1, 3, 112, 112], 136_500_672, 892_488, 960],
  ['MobileNetV2', [1, 3, 112, 112], 299_494_272, 2_206_816, 1280],
  ['MobileNetV2-GDConv', [1, 3, 112, 112], 299_556_992, 2_270_816, 1280],
  ['MobileFaceNet', [1, 3, 112, 112], 220_965_376, 993_344, 128],
  ['MobileFaceNet (112×96)', [1, 3, 112, 96], 189_408_256, 989_760, 128],
  ['MobileFaceNet (96×96)', [1, 3, 96, 96], 162_359_296, 986_688, 128],
  ['MobileFaceNet-M', [1, 3, 112, 112], 220_899_840, 927_680, 512],
  ['MobileFaceNet-S', [1, 3, 112, 112], 217_669_760, 841_920, 128],
  ['MobileFaceNet (ReLU)', [1, 3, 112, 112], 220_965_376, 985_792, 128],
  ['MobileFaceNet (expansion factor ×2)', [1, 3, 112, 112], 431_403_520, 1_824_704, 128],
] as const;

const zeros = (_name: string, shape: readonly number[]) => float32Tensor(shape);

describe('Table 2', () => {
  it('has exactly these rows', () => {
    expect(table2.map(({ network }) => network)).toEqual(COUNTS.map(([network]) => network));
  });

  it.each(COUNTS)('%s %j: %d multiply-adds, %d parameters, %d-d', (network, input, madds, parameters, length) => {
    const graph = table2.find((row) => row.network === network)!.build(zeros);
    expect(graph.inputs).toEqual([{ name: 'input', shape: input }]);
    expect(graph.outputs).toEqual(['embedding']);
    expect(inferShapes(graph).get('embedding')).toEqual([1, length]);
    expect(countMultiplyAdds(graph)).toBe(madds);
    expect(countParameters(graph)).toBe(parameters);
  });
});
