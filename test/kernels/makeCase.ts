/** Makes cases for the kernels: one node with its shapes, tensors and values. */
import type { Attributes, Node } from '../../src/graph/types.js';
import type { Site } from '../../src/kernels/kernel.js';
import type { Activation } from '../../src/ops/activation.js';
import { checkedNode, operatorOf } from '../../src/ops/index.js';
import { elementCount, type Shape } from '../../src/tensor/shape.js';
import { float32Tensor, type Tensor } from '../../src/tensor/tensor.js';

/** A site with the values that its inputs take. */
export interface KernelCase {
  readonly name: string;
  readonly site: Site;
  /** By input position: the values that are no tensors of the site. */
  readonly values: readonly (Tensor | undefined)[];
}

/** Numbers in [−range, range) from a 32-bit mixing generator (Mulberry32). */
export function seededTensor(shape: Shape, seed: number, range = 1): Tensor {
  const data = new Float32Array(elementCount(shape));
  let state = seed >>> 0;
  for (let index = 0; index < data.length; index++) {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    data[index] = (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1) * range;
  }
  return float32Tensor(shape, data);
}

/** What a case is made of. */
export interface CaseInputs {
  readonly operator: string;
  readonly attributes: Attributes;
  /** Shapes by input position; those in `constant` become tensors of the site. */
  readonly shapes: readonly (Shape | undefined)[];
  readonly constant: readonly number[];
  /** Values lie in [−range, range); 1 where not given. */
  readonly range?: number;
}

/** A case of one node, with seeded tensors and values. */
export function makeCase(name: string, { operator, attributes, shapes, constant, range }: CaseInputs): KernelCase {
  const inputs = shapes.map((shape, index) => (shape ? `input${index}` : ''));
  const node = checkedNode({ name, operator, inputs, outputs: ['output'], attributes });
  const tensors = shapes.map((shape, index) =>
    shape && constant.includes(index) ? seededTensor(shape, 1000 + index) : undefined,
  );
  const values = shapes.map((shape, index) =>
    shape && !constant.includes(index) ? seededTensor(shape, index + 1, range) : undefined,
  );
  const outputs = operatorOf(node).inferShapes(node, shapes);
  return { name, site: { node, inputs: shapes, outputs, tensors }, values };
}

/** A convolution's shapes and attributes; what is not given is plain. */
export interface ConvolutionCase {
  readonly input: Shape;
  readonly outputs: number;
  readonly kernel: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly padding?: readonly [number, number, number, number];
  readonly dilation?: readonly [number, number];
  readonly groups?: number;
  readonly activation?: Activation;
  readonly residual?: boolean;
  readonly bias?: boolean;
}

/** A case of one convolution. */
export function convolutionCase(options: ConvolutionCase): KernelCase {
  const { input, outputs, kernel, stride = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1], groups = 1 } = options;
  const { activation = 'none', residual = false, bias = true } = options;
  const attributes = { stride, padding, dilation, groups, activation };
  const weights = [outputs, input[1]! / groups, ...kernel];
  const shapes: (Shape | undefined)[] = [input, weights, bias ? [outputs] : undefined];
  shapes[3] = activation === 'prelu' ? [outputs] : undefined;
  const kind = groups === 1 ? 'dense' : 'grouped';
  const name = `${kind} ${kernel.join('×')} on ${input.join('×')} to ${outputs}, stride ${stride}, padding ${padding}, dilation ${dilation}, ${activation}${residual ? ', residual' : ''}${bias ? '' : ', no bias'}`;
  if (residual) {
    const node: Node = {
      name,
      operator: 'convolution',
      inputs: ['x', 'w'],
      outputs: ['y'],
      attributes: { ...attributes, activation: 'none' },
    };
    shapes[4] = operatorOf(node).inferShapes(node, [input, weights])[0]!;
  }
  return makeCase(name, { operator: 'convolution', attributes, shapes, constant: [1, 2, 3] });
}
