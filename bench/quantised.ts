/** A network of Table 2 in float32 and in int8, with seeded weights and ranges from a few seeded inputs. */
import type { Engine } from '../src/engine.js';
import type { Graph } from '../src/graph/types.js';
import type { Table2Row } from '../src/networks/index.js';
import { seededWeights } from '../src/networks/seededWeights.js';
import type { WeightSource } from '../src/networks/weightSource.js';
import { quantiseGraph } from '../src/passes/quantise.js';
import { calibrateGraph } from '../src/quantise/calibrate.js';
import { elementCount, type Shape } from '../src/tensor/shape.js';
import { float32Tensor, type Tensor } from '../src/tensor/tensor.js';

/** Inputs that ranges are taken from. */
const CALIBRATION_INPUTS = 4;

/** Numbers from −1 to 1, the same everywhere. */
export function seededInput(shape: Shape, seed: number): Tensor {
  let state = seed;
  const data = Float32Array.from({ length: elementCount(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
  return float32Tensor(shape, data);
}

/** Seeded weights with slopes from 1/8 to 3/8: near 0 they make layers that integers do not hold, and training gives few. */
function weights(): WeightSource {
  const seeded = seededWeights();
  return (name, shape) => {
    const tensor = seeded(name, shape);
    return name.endsWith('.prelu')
      ? float32Tensor(
          shape,
          tensor.data.map((slope) => 1 / 8 + slope / 2),
        )
      : tensor;
  };
}

/** A graph in int8, its ranges from a few seeded inputs; `engine` runs the calibration. */
export async function quantiseSeeded(graph: Graph, engine: Engine): Promise<Graph> {
  const [{ shape } = { shape: [] }] = graph.inputs;
  const inputs = Array.from({ length: CALIBRATION_INPUTS }, (_, seed) => seededInput(shape, seed + 1));
  const calibration = await calibrateGraph(engine, graph, inputs);
  return quantiseGraph(calibration.graph, calibration.statistics);
}

/** The network as it is, and quantised. */
export async function quantiseRow(row: Table2Row, engine: Engine): Promise<{ float32: Graph; int8: Graph }> {
  const float32 = row.build(weights());
  return { float32, int8: await quantiseSeeded(float32, engine) };
}
