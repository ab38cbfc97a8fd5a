/** State dictionaries with the layer names of `networks/`, batch normalisation folded: what `training/` exports. */
import { ModelError, ShapeError } from '../../errors.js';
import type { Graph } from '../../graph/types.js';
import { type Table2Row, table2 } from '../../networks/index.js';
import { formatShape, type Shape, sameShape } from '../../tensor/shape.js';
import { float32Tensor, type Tensor } from '../../tensor/tensor.js';

type Tensors = ReadonlyMap<string, Tensor>;

/** Tensors that every network of Table 2 begins with; a file without them is not looked at further. */
const FIRST_TENSORS = ['conv1.weight', 'conv1.bias'] as const;

/** The tensors that a network takes, by name, in the order in which it asks for them. */
function shapesOf(row: Table2Row): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>();
  row.build((name, shape) => {
    shapes.set(name, shape);
    return float32Tensor(shape);
  });
  return shapes;
}

/** What keeps tensors from being a network's. */
interface Differences {
  readonly lacking: readonly string[];
  readonly surplus: readonly string[];
  /** Tensors of another shape, each with both. */
  readonly reshaped: readonly string[];
  readonly count: number;
}

function differencesOf(shapes: ReadonlyMap<string, Shape>, tensors: Tensors): Differences {
  const lacking = [...shapes.keys()].filter((name) => !tensors.has(name));
  const surplus = [...tensors.keys()].filter((name) => !shapes.has(name));
  const reshaped = [...shapes].flatMap(([name, shape]) => {
    const found = tensors.get(name)?.shape ?? shape;
    return sameShape(found, shape) ? [] : [`${name} ${formatShape(found)} instead of ${formatShape(shape)}`];
  });
  return { lacking, surplus, reshaped, count: lacking.length + surplus.length + reshaped.length };
}

function explain({ lacking, surplus, reshaped }: Differences): string {
  const parts = [
    ...(lacking.length > 0 ? [`lacks ${lacking.join(', ')}`] : []),
    ...(surplus.length > 0 ? [`also has ${surplus.join(', ')}`] : []),
    ...(reshaped.length > 0 ? [`has ${reshaped.join(', ')}`] : []),
  ];
  return parts.join('; ');
}

/**
 * The network of Table 2 whose tensors these are, exactly; `undefined` for tensors that have less than half in common
 * with each. Throws ModelError STATE_DICTIONARY with what is missing, too many or of another shape for the nearest one.
 */
export function buildOwnNetwork(tensors: Tensors, where: string): Graph | undefined {
  if (!FIRST_TENSORS.every((name) => tensors.has(name))) return undefined;
  const candidates = table2.map((row) => {
    const shapes = shapesOf(row);
    return { row, expected: shapes.size, differences: differencesOf(shapes, tensors) };
  });
  const nearest = candidates.reduce((a, b) => (b.differences.count < a.differences.count ? b : a));
  const { row, expected, differences } = nearest;
  if (differences.count === 0) return row.build((name) => tensors.get(name)!);
  if (differences.count > expected / 2) return undefined;
  const accepted = `exactly the ${expected} tensors of that network are accepted`;
  throw new ModelError(
    'STATE_DICTIONARY',
    `${where}: has the layer names of ${row.network}, but ${explain(differences)}; ${accepted}.`,
  );
}

/** Throws ShapeError INPUT_SHAPE where a size is given that is not the network's own. */
export function checkOwnSize(graph: Graph, given: { height: number; width: number } | undefined, where: string): void {
  const [, , height, width] = graph.inputs[0]!.shape;
  if (!given || (given.height === height && given.width === width)) return;
  const found = `${where}: is given an input size of ${given.height}×${given.width}`;
  throw new ShapeError('INPUT_SHAPE', `${found}; its tensors are those of a network for ${height}×${width}.`);
}
