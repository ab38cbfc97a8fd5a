/**
 * The public surface: the entries of the engine and of faces, and what evaluation, images and the paper's networks add.
 * Faces: `FaceVerifier`, or its steps one by one: `decodeImage` → `createDetector` → `alignFace` → `createEmbedder` →
 * `cosineSimilarity`. Any other small network: `importModel`, or a graph of one's own, → `Engine.compile` → `Network.run`.
 */

export * from './entries/engine.js';
export * from './entries/face.js';
export type { PairCounts, Portrait } from './evaluation/allPairs.js';
export { type Attribute, type AttributeTable, attributesOf, parseAttributes } from './evaluation/attributes.js';
export { type Calibration, calibrate, fitProbability } from './evaluation/calibrate.js';
export { calibratePeople, type PeopleCalibration, type PeopleOptions } from './evaluation/calibratePeople.js';
export { type Histogram, histogram, type RocPoint, rocCurve } from './evaluation/curves.js';
export { type Evaluation, evaluatePairs, type ThresholdChoice } from './evaluation/evaluate.js';
export { type GroupRates, groupRates, type PicturePair } from './evaluation/groups.js';
export {
  evaluateIdentification,
  type Identification,
  type IdentificationOptions,
  type IdentificationPoint,
  type Probe,
} from './evaluation/identify.js';
export { type Interval, type OperatingPoint, operatingPoint, wilsonInterval } from './evaluation/operatingPoint.js';
export { type PairBin, parsePairBin } from './evaluation/pairBin.js';
export { type PathPair, type PathPairList, parsePairList } from './evaluation/pairList.js';
export { type Pair, type PairImage, type PairList, pairImagePath, parsePairs } from './evaluation/pairs.js';
export type { ScoredPair } from './evaluation/scoredPair.js';
export type { Awaitable } from './face/faceGallery.js';
export { encodePng } from './image/encodePng.js';
export { resizeImage } from './image/resize.js';
export type { Similarity } from './image/warp.js';
export type {
  CardAccuracy,
  CardDetector,
  CardInput,
  CardInterval,
  CardProbability,
  CardThreshold,
  Normalisation,
} from './model/card.js';
export type { AnchorLevel, CardSingleShot } from './model/singleShot.js';
export { type Table2Row, table2 } from './networks/index.js';
export { type MobileFaceNetOptions, mobileFaceNet } from './networks/mobileFaceNet.js';
export { seededWeights } from './networks/seededWeights.js';
export { namedWeights, type WeightSource } from './networks/weightSource.js';
export type { Quantisation } from './ops/quantise.js';
export { quantiseGraph, type ValueStatistics } from './passes/quantise.js';
export { type Calibration as GraphCalibration, calibrateGraph } from './quantise/calibrate.js';
export { type QuantisedModel, type QuantiseOptions, quantiseModel } from './quantise/quantiseModel.js';
export type { LayerReport, QuantisationReport } from './quantise/report.js';
