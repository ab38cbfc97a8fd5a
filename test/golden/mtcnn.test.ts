/** The default detector's networks on the kernels, with the weights as they were trained and as they ship. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importNative } from '../../src/formats/native.js';
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

const SHIPPED_DETECTOR = 'weights/mtcnn.safetensors';

const title = haveDetectorWeights ? 'with the trained weights' : `skipped: ${DETECTOR_WEIGHTS} is absent`;

describe.skipIf(!haveDetectorWeights).each(builds)(`MTCNN on the %s build, ${title}`, (build) => {
  it.each(detectorCases)('$net, input $seed of $width×$height', async (golden) => {
    const engine = await engineOn(build);
    const network = await engine.compile(detectorGraph(golden));
    const found = network.run(detectorInput(golden));
    expect(detectorDifference(golden, found)).toBeLessThan(DETECTOR_TOLERANCE);
    const [name] = Object.keys(found);
    const wrong = { ...found, [name!]: { ...found[name!]!, data: found[name!]!.data.map((value) => value + 1e-4) } };
    expect(detectorDifference(golden, wrong)).toBeGreaterThan(DETECTOR_TOLERANCE);
    engine.dispose();
  });
});

/** Absolute: the model file stores weights as float16, whose steps are 2⁻¹¹ of a weight. */
const FLOAT16_TOLERANCE = 1e-3;

describe.each(builds)(`the shipped detector on the %s build (${SHIPPED_DETECTOR})`, (build) => {
  it.each(detectorCases)('$net, input $seed of $width×$height', async (golden) => {
    const { graphs } = await importNative(new Uint8Array(readFileSync(SHIPPED_DETECTOR)), SHIPPED_DETECTOR);
    const engine = await engineOn(build);
    const difference = detectorDifference(
      golden,
      (await engine.compile(graphs.get(golden.net)!)).run(detectorInput(golden)),
    );
    engine.dispose();
    expect(difference).toBeLessThan(FLOAT16_TOLERANCE);
  });
});
