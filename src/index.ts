/**
 * The public surface. Faces: `FaceVerifier`, or its steps one by one: `decodeImage` → `createDetector` → `alignFace` →
 * `createEmbedder` → `cosineSimilarity`. Any other small network:
 * `importModel`, or a graph of one's own, → `Engine.compile` → `Network.run`.
 */

export { GraphBuilder } from './build/builder.js';
export { countMultiplyAdds, countParameters, type InputShapes, inferShapes } from './build/infer.js';
export { type CompileOptions, Engine, type EngineOptions, Network, type Tensors } from './engine.js';
export { ImageError, InputError, MobileFaceNetError, ModelError, RuntimeError, ShapeError } from './errors.js';
export { type AlignedFace, alignFace } from './face/align.js';
export { type Calibration, calibrate, fitProbability } from './face/calibrate.js';
export type { FaceChoice } from './face/chooseFace.js';
export { type Histogram, histogram, type RocPoint, rocCurve } from './face/curves.js';
export { type ChosenThreshold, findThreshold, probabilityOf, type ThresholdOptions } from './face/decision.js';
export { createDetector, type DetectOptions, Detector, type Face, type FaceBox } from './face/detect.js';
export { createEmbedder, Embedder, type EmbedOptions } from './face/embed.js';
export { type Evaluation, evaluatePairs, type ScoredPair } from './face/evaluate.js';
export type {
  Awaitable,
  Enrolment,
  FaceEmbedding,
  FaceGallery,
  GalleryCounts,
  GalleryMatch,
  GalleryOwner,
  GallerySearchOptions,
} from './face/faceGallery.js';
export { Gallery } from './face/gallery.js';
export {
  evaluateIdentification,
  type Identification,
  type IdentificationOptions,
  type IdentificationPoint,
  type Probe,
} from './face/identify.js';
export type { CropSize, Landmarks, Point } from './face/landmarks.js';
export {
  addEmbeddings,
  cosineSimilarity,
  type Embedding,
  isSamePerson,
  normaliseEmbedding,
} from './face/match.js';
export type { HashedSource, ModelSource } from './face/modelSource.js';
export { type Interval, type OperatingPoint, operatingPoint, wilsonInterval } from './face/operatingPoint.js';
export { type PairBin, parsePairBin } from './face/pairBin.js';
export { type PathPair, type PathPairList, parsePairList } from './face/pairList.js';
export { type Pair, type PairImage, type PairList, pairImagePath, parsePairs } from './face/pairs.js';
export { type FaceQuality, QUALITY_LIMITS, type QualityReason } from './face/quality.js';
export {
  type Abortable,
  type BatchProgress,
  type CropOptions,
  type EmbedBatchOptions,
  type EmbeddedFace,
  type EmbedPhotoOptions,
  type FaceCrop,
  FaceVerifier,
  type LoadOptions,
  type Photo,
  type Verification,
  type VerifyOptions,
} from './face/verifier.js';
export type { LoadProgress, WeightBytes, WeightOptions } from './face/weightBytes.js';
export {
  exportNative,
  type ImportOptions,
  importModel,
  importNative,
  type ModelFile,
  type Storage,
} from './formats/index.js';
export { printGraph } from './graph/print.js';
export type { Attribute, Attributes, Graph, GraphInput, Node } from './graph/types.js';
export { type DecodeOptions, decodeImage } from './image/decode.js';
export { encodePng } from './image/encodePng.js';
export type { Image, ImageSource, PixelBytes, PixelSource, RawPixels, RgbImage } from './image/image.js';
export { resizeImage } from './image/resize.js';
export type { Similarity } from './image/warp.js';
export type { Build } from './kernels/kernel.js';
export type {
  CardAccuracy,
  CardDetector,
  CardInput,
  CardProbability,
  CardThreshold,
  ModelCard,
  Normalisation,
} from './model/card.js';
export type { Model } from './model/model.js';
export { type Table2Row, table2 } from './networks/index.js';
export { type MobileFaceNetOptions, mobileFaceNet } from './networks/mobileFaceNet.js';
export { seededWeights } from './networks/seededWeights.js';
export { namedWeights, type WeightSource } from './networks/weightSource.js';
export { optimise } from './passes/index.js';
export type { KernelBinaries, KernelBinary } from './runtime/module.js';
export type { Vector, VectorTable } from './runtime/vectors.js';
export { elementCount, type Shape } from './tensor/shape.js';
export { type ElementType, float32Tensor, type Tensor } from './tensor/tensor.js';
