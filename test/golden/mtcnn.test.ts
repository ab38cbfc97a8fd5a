/** The default detector's networks on the kernels, with the weights as they were trained. */
import { describe, expect, it } from 'vitest';
import { builds, engineOn } from './builds.js';
import {
  DETECTOR_TOLERANCE,
  DETECTOR_WEIGHTS,
  detectorCases,
  detectorDifference,
  detectorGraph,
  detectorInput,
  haveDetectorWeights,
} from './mtcnn.js';

const title = haveDetectorWeights ? 'with the trained weights' : `skipped: ${DETECTOR_WEIGHTS} is absent`;

describe.skipIf(!haveDetectorWeights).each(builds)(`MTCNN on the %s build, ${title}`, (build) => {
  it.each(detectorCases)('$net, input $seed of $width×$height', async (golden) => {
    const engine = await engineOn(build);
    const network = engine.compile(detectorGraph(golden));
    const found = network.run(detectorInput(golden));
    expect(detectorDifference(golden, found)).toBeLessThan(DETECTOR_TOLERANCE);
    const [name] = Object.keys(found);
    const wrong = { ...found, [name!]: { ...found[name!]!, data: found[name!]!.data.map((value) => value + 1e-4) } };
    expect(detectorDifference(golden, wrong)).toBeGreaterThan(DETECTOR_TOLERANCE);
    engine.dispose();
  });
});
