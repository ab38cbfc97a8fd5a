/** A graph as text. */
import { expect, it } from 'vitest';
import { printGraph } from '../../src/graph/print.js';
import { float32Tensor } from '../../src/tensor/tensor.js';

it('prints inputs, tensors, nodes with attributes and absent inputs, and outputs', () => {
  const text = printGraph({
    inputs: [{ name: 'input', shape: [1, 3, 4, 4] }],
    tensors: new Map([['w', float32Tensor([2, 3])]]),
    nodes: [
      {
        name: 'fc',
        operator: 'fullyConnected',
        inputs: ['input', 'w', '', '', 'input'],
        outputs: ['a', 'b'],
        attributes: { activation: 'none', shape: [1, -1], exact: true },
      },
      { name: 'r', operator: 'relu', inputs: ['a'], outputs: ['r'], attributes: {} },
    ],
    outputs: ['r', 'b'],
  });
  expect(text).toBe(
    [
      'input input [1, 3, 4, 4]',
      'tensor w float32 [2, 3]',
      'a, b = fullyConnected activation="none" shape=[1,-1] exact=true (input, w, -, -, input)',
      'r = relu (a)',
      'output r, b',
    ].join('\n'),
  );
});
