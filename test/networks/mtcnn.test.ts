/** MTCNN's networks give what an independent float64 implementation gave for the same trained weights. */
import { describe, expect, it } from 'vitest';
import { countParameters, inferShapes } from '../../src/build/infer.js';
import { referenceValues } from '../../src/build/reference.js';
import { onet, pnet, rnet } from '../../src/networks/mtcnn.js';
import { seededWeights } from '../../src/networks/seededWeights.js';
import {
  DETECTOR_TOLERANCE,
  DETECTOR_WEIGHTS,
  detectorCases,
  detectorDifference,
  detectorGraph,
  detectorInput,
  haveDetectorWeights,
} from '../golden/mtcnn.js';

const NETWORKS = { pnet, rnet, onet };

describe('MTCNN', () => {
  it.each([
    ['pnet', 6_632, { probability: [1, 2, 1, 1], regression: [1, 4, 1, 1] }],
    ['rnet', 100_178, { probability: [1, 2], regression: [1, 4] }],
    ['onet', 389_040, { probability: [1, 2], regression: [1, 4], landmarks: [1, 10] }],
  ] as const)('%s has %d parameters', (name, parameters, outputs) => {
    const graph = NETWORKS[name](seededWeights());
    expect(countParameters(graph)).toBe(parameters);
    const shapes = inferShapes(graph);
    expect(Object.fromEntries(graph.outputs.map((output) => [output, shapes.get(output)]))).toEqual(outputs);
  });

  describe.skipIf(!haveDetectorWeights)(`with ${DETECTOR_WEIGHTS}`, () => {
    it.each(detectorCases)('$net, input $seed of $width×$height', (golden) => {
      const values = referenceValues(detectorGraph(golden), detectorInput(golden));
      expect(detectorDifference(golden, Object.fromEntries(values))).toBeLessThan(DETECTOR_TOLERANCE);
    });
  });
});
