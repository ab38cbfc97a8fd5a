/**
 * The public surface. Faces: `decodeImage` → `createEmbedder` → `cosineSimilarity`. Any other small network:
 * `importModel`, or a graph of one's own, → `Engine.compile` → `Network.run`.
 */

export { GraphBuilder } from './build/builder.js';
export { countMultiplyAdds, countParameters, type InputShapes, inferShapes } from './build/infer.js';
export { Engine, type EngineOptions, Network, type Tensors } from './engine.js';
export { ImageError, InputError, MobileFaceNetError, ModelError, RuntimeError, ShapeError } from './errors.js';
export { createEmbedder, Embedder, type EmbedOptions } from './face/embed.js';
export { type Evaluation, evaluatePairs, type ScoredPair } from './face/evaluate.js';
export {
  addEmbeddings,
  cosineSimilarity,
  type Embedding,
  isSamePerson,
  normaliseEmbedding,
} from './face/match.js';
export { type Pair, type PairImage, type PairList, pairImagePath, parsePairs } from './face/pairs.js';
export { exportNative, importModel, type ModelFile, type NcnnOptions, type Storage } from './formats/index.js';
export { printGraph } from './graph/print.js';
export type { Attribute, Attributes, Graph, GraphInput, Node } from './graph/types.js';
export { type DecodeOptions, decodeImage } from './image/decode.js';
export type { Image, ImageSource, PixelBytes, PixelSource, RawPixels, RgbImage } from './image/image.js';
export type { Build } from './kernels/kernel.js';
export type { CardAccuracy, CardInput, CardThreshold, ModelCard, Normalisation } from './model/card.js';
export type { Model } from './model/model.js';
export { type Table2Row, table2 } from './networks/index.js';
export { type MobileFaceNetOptions, mobileFaceNet } from './networks/mobileFaceNet.js';
export { seededWeights } from './networks/seededWeights.js';
export { namedWeights, type WeightSource } from './networks/weightSource.js';
export { optimise } from './passes/index.js';
export type { KernelBinaries, KernelBinary } from './runtime/module.js';
export { elementCount, type Shape } from './tensor/shape.js';
export { type ElementType, float32Tensor, type Tensor } from './tensor/tensor.js';
