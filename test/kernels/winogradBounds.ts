/** What Winograd's convolution may be off by: its sums are of other products than the operator's own. */
import type { Node } from '../../src/graph/types.js';
import { imageShape } from '../../src/tensor/shape.js';
import type { Expected } from './expected.js';
import type { KernelCase } from './makeCase.js';

const UNIT_ROUNDOFF = 2 ** -24;

/**
 * Roundings beside those of the sum over input channels: of the transformed weights, two of the transformed input, one
 * of the product, four of the transformed output, one of the bias, three of the epilogue.
 */
const ROUNDINGS = 12;

/** The absolute values of Bᵀ, G and Aᵀ (Lavin and Gray 2016, section 4.1). */
const INPUT = [
  [1, 0, 1, 0],
  [0, 1, 1, 0],
  [0, 1, 1, 0],
  [0, 1, 0, 1],
];
const WEIGHTS = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, 0.5, 0.5],
  [0, 0, 1],
];
const OUTPUT = [
  [1, 1, 1, 0],
  [0, 1, 1, 1],
];

/** |matrix| · |values| · |matrix|ᵀ, row by row; `values` gives the element of a row and column. */
function transformed(matrix: readonly (readonly number[])[], values: (y: number, x: number) => number): number[] {
  return matrix.flatMap((rowFactors) =>
    matrix.map((columnFactors) => {
      let sum = 0;
      for (const [y, a] of rowFactors.entries()) {
        for (const [x, b] of columnFactors.entries()) if (a * b !== 0) sum += a * b * Math.abs(values(y, x));
      }
      return sum;
    }),
  );
}

/** (K + 12) · 2⁻²⁴ · (|Aᵀ| · Σₖ [(|G| · |g| · |G|ᵀ) ⊙ (|B|ᵀ · |d| · |B|)] · |A| + |bias| + |residual|), by element. */
function winogradBounds({ site, values }: KernelCase): Float64Array {
  const input = values[0]!;
  const [top, left] = (site.node as Node<'convolution'>).attributes.padding;
  const { batch, height, width } = imageShape(input.shape);
  const [, outputs = 0, rows = 0, columns = 0] = site.outputs[0]!;
  const [, depth = 0] = site.inputs[1]!;
  const [weights, bias] = [site.tensors[1]!.data, site.tensors[2]?.data];
  const filters = Array.from({ length: outputs * depth }, (_, filter) =>
    transformed(WEIGHTS, (y, x) => weights[filter * 9 + y * 3 + x]!),
  );
  const bounds = new Float64Array(batch * outputs * rows * columns);
  const boundTile = (image: number, y: number, x: number): void => {
    const seen = Array.from({ length: depth }, (_, k) =>
      transformed(INPUT, (dy, dx) => {
        const [row, column] = [y - top + dy, x - left + dx];
        const inside = row >= 0 && column >= 0 && row < height && column < width;
        return inside ? input.data[((image * depth + k) * height + row) * width + column]! : 0;
      }),
    );
    for (let output = 0; output < outputs; output++) {
      const products = seen[0]!.map((_, place) =>
        seen.reduce((sum, places, k) => sum + places[place]! * filters[output * depth + k]![place]!, 0),
      );
      const sums = transformed(OUTPUT, (row, column) => products[4 * row + column]!);
      for (const [part, sum] of sums.entries()) {
        const [row, column] = [y + (part >> 1), x + (part & 1)];
        if (row >= rows || column >= columns) continue;
        const index = ((image * outputs + output) * rows + row) * columns + column;
        const rest = Math.abs(bias?.[output] ?? 0) + Math.abs(values[4]?.data[index] ?? 0);
        bounds[index] = (depth + ROUNDINGS) * UNIT_ROUNDOFF * (sum + rest);
      }
    }
  };
  for (let image = 0; image < batch; image++) {
    for (let y = 0; y < rows; y += 2) for (let x = 0; x < columns; x += 2) boundTile(image, y, x);
  }
  return bounds;
}

const known = new Map<KernelCase, Float64Array>();

/** The same outputs with the bounds of the kernel that is to give them. */
export function expectedOfKernel(name: string, kernelCase: KernelCase, expected: Expected): Expected {
  if (name !== 'winograd3x3') return expected;
  const bounds = known.get(kernelCase) ?? winogradBounds(kernelCase);
  known.set(kernelCase, bounds);
  return { ...expected, bounds };
}
