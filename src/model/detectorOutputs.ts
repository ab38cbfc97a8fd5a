/** Which of a graph's outputs hold the scores, boxes and landmarks of each level of a single-shot detector. */
import { inferShapes } from '../build/infer.js';
import type { Graph } from '../graph/types.js';
import type { CardSingleShot } from './singleShot.js';

/** Where the values of one level's anchors stand in an output. */
export interface OutputPart {
  readonly output: string;
  /** Anchor by anchor, or as maps with the anchors' columns as channels. */
  readonly layout: 'rows' | 'maps';
  /** The level's first row, and its first column, in the output. */
  readonly row: number;
  readonly column: number;
  /** Columns of the output. */
  readonly columns: number;
}

/** The parts of one level, cells row by row, the anchors of a cell beside each other. */
export interface LevelOutputs {
  readonly across: number;
  readonly down: number;
  /** Two where objectness is apart: the score is the root of their product. */
  readonly scores: readonly OutputPart[];
  readonly boxes: OutputPart;
  readonly landmarks: OutputPart | undefined;
}

interface Output {
  readonly name: string;
  readonly layout: 'rows' | 'maps';
  /** Anchors of the whole output; of maps, cells. */
  readonly rows: number;
  /** Of maps, channels. */
  readonly columns: number;
}

function outputsOf(graph: Graph): Output[] {
  const shapes = inferShapes(graph);
  return graph.outputs.map((name): Output => {
    const shape = shapes.get(name)!;
    const [, channels = 1, height = 1, width = 1] = shape;
    if (shape.length === 4) return { name, layout: 'maps', rows: height * width, columns: channels };
    const [rows = 1, columns = 1] = shape.slice(-2);
    return { name, layout: 'rows', rows, columns };
  });
}

const POINTS = { five: 10, six: 12, none: 0 } as const;

/**
 * Tells the outputs of each level apart by their shapes, for the graph's own input size; undefined where they are not
 * those of such a detector, all of them.
 */
export function detectorOutputs(graph: Graph, description: CardSingleShot): readonly LevelOutputs[] | undefined {
  const [input] = graph.inputs;
  const [, channels, height, width] = input?.shape ?? [];
  if (graph.inputs.length !== 1 || channels !== 3 || height === undefined || width === undefined) return undefined;
  const outputs = outputsOf(graph);
  const cells = description.levels.map(({ stride, sizes }) => {
    const [across, down] = [Math.ceil(width / stride), Math.ceil(height / stride)];
    return { across, down, anchors: sizes.length, rows: across * down * sizes.length };
  });
  const total = cells.reduce((sum, { rows }) => sum + rows, 0);
  const used = new Set<string>();
  const points = POINTS[description.landmarks];

  /** The outputs of a level with so many columns; the level's rows alone, or those of all levels, one after the other. */
  const find = (level: number, columns: number): OutputPart[] => {
    const { across, down, anchors, rows } = cells[level]!;
    const row = cells.slice(0, level).reduce((sum, { rows: before }) => sum + before, 0);
    return outputs.flatMap((output): OutputPart[] => {
      const { name, layout } = output;
      const isWhole = layout === 'rows' && output.rows === total && output.columns === columns;
      const isRows = layout === 'rows' && output.rows === rows && output.columns === columns;
      const isMap = layout === 'maps' && output.rows === across * down && output.columns === anchors * columns;
      if (!isWhole && !isRows && !isMap) return [];
      used.add(name);
      return [{ output: name, layout, row: isRows || isMap ? 0 : row, column: 0, columns }];
    });
  };

  const levels = cells.map(({ across, down }, level): LevelOutputs | undefined => {
    const { scoreColumns } = description;
    const scores = find(level, scoreColumns).map((part) => ({ ...part, column: scoreColumns - 1 }));
    const joined = points > 0 ? find(level, 4 + points) : [];
    const boxes = joined.length > 0 ? joined : find(level, 4);
    const landmarks = joined.length > 0 ? joined.map((part) => ({ ...part, column: 4 })) : find(level, points);
    const fits = boxes.length === 1 && landmarks.length === (points > 0 ? 1 : 0);
    if (!fits || scores.length < 1 || scores.length > 2) return undefined;
    return { across, down, scores, boxes: boxes[0]!, landmarks: landmarks[0] };
  });
  if (used.size !== outputs.length || levels.includes(undefined)) return undefined;
  return levels as readonly LevelOutputs[];
}
