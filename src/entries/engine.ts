/** The entry `mobilefacenet/engine`: graphs, models and the engine that runs them, without anything about faces. */
export { GraphBuilder } from '../build/builder.js';
export { countMultiplyAdds, countParameters, type InputShapes, inferShapes } from '../build/infer.js';
export { type CompileOptions, Engine, type EngineOptions, Network, type Tensors } from '../engine.js';
export { type ErrorCode, InputError, MobileFaceNetError, ModelError, ShapeError, UnavailableError } from '../errors.js';
export {
  exportNative,
  type ImportOptions,
  type InputSize,
  type InputValues,
  importModel,
  importNative,
  type ModelFile,
  type ModelStorage,
  type Storage,
} from '../formats/index.js';
export { printGraph } from '../graph/print.js';
export { type Attribute, type Attributes, type Graph, type GraphInput, isNode, type Node } from '../graph/types.js';
export type { Build, KernelSet } from '../kernels/kernel.js';
export type { ModelCard } from '../model/card.js';
export type { Model, Origin } from '../model/model.js';
export type { OperatorAttributes, OperatorName, OperatorOptions } from '../ops/index.js';
export type { OperatorNode } from '../ops/operator.js';
export { optimise } from '../passes/index.js';
export type { KernelBinaries, KernelBinary, KernelSource, SetBinaries } from '../runtime/module.js';
export { type CoreKernels, type Vector, VectorTable } from '../runtime/vectors.js';
export { elementCount, type Shape } from '../tensor/shape.js';
export { type ElementType, float32Tensor, type Tensor } from '../tensor/tensor.js';
