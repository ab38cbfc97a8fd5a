/** Tensors in files of their own, as the ONNX project stores the inputs and outputs of its cases. */
import { float32Tensor, type Tensor } from '../../tensor/tensor.js';
import { readConstant } from './constant.js';
import { TENSOR } from './messages.js';
import { readMessage } from './protobuf.js';

/** A tensor with the name that its file gives it; empty where it gives none. */
export interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

/** Reads a TensorProto; whole numbers become float32. Throws ModelError BAD_PROTOBUF and as `readConstant` does. */
export function readOnnxTensor(bytes: Uint8Array, where: string): NamedTensor {
  const message = readMessage(TENSOR, bytes, where);
  const { shape, data } = readConstant(message, where);
  return { name: message.name ?? '', tensor: float32Tensor(shape, Float32Array.from(data)) };
}
