/** The sets of golden cases; each is stored in a file of its own. */
import { detectorCases, haveDetectors } from './detectorCases.js';
import type { GoldenCase } from './goldenCase.js';
import { importCases } from './importCases.js';
import { networkCases } from './networkCases.js';
import { operatorCases } from './operatorCases.js';
import { quantisedCases } from './quantisedCases.js';

/** Cases that are stored together. */
export interface GoldenSet {
  readonly name: string;
  readonly cases: readonly GoldenCase[];
  /** What is missing here, where the set cannot be made or tested. */
  readonly missing?: string;
  /** Largest difference between this engine and the other: relative, or in units where a case has one. */
  readonly tolerance: number;
}

/** Networks that cancel much of what they add, as MobileNetV2's linear blocks do, lose a digit or two to rounding. */
const NETWORK_TOLERANCE = 3e-5;
const OPERATOR_TOLERANCE = 2e-6;
/**
 * Units of the output. Onnxruntime rounds a quotient of floating-point numbers once and to even, this engine a product of
 * integers to eighths first and up: where the exact value lies near the middle of two levels they take one each. A level of difference in
 * an input of a later layer moves its sum by less than a level, so that chains of a few layers differ by one more.
 */
const QUANTISED_TOLERANCE = 2.001;

export const goldenSets: readonly GoldenSet[] = [
  { name: 'networks', cases: networkCases, tolerance: NETWORK_TOLERANCE },
  { name: 'operators', cases: operatorCases, tolerance: OPERATOR_TOLERANCE },
  { name: 'imports', cases: importCases, tolerance: OPERATOR_TOLERANCE },
  { name: 'quantised', cases: quantisedCases, tolerance: QUANTISED_TOLERANCE },
  {
    name: 'detectors',
    cases: detectorCases,
    tolerance: NETWORK_TOLERANCE,
    ...(haveDetectors ? {} : { missing: '../shared/models/mtcnn is absent' }),
  },
];
