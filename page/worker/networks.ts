/** A worker that builds networks of the paper's Table 2 and quantises them; the benchmark has several of it. */
import { calibrateGraph, Engine, quantiseGraph, seededWeights, table2 } from '../../src/index.js';
import type { NetworkCalls, PreparedNetwork, PrepareRequest } from './messages.js';
import { noiseTensor } from './noise.js';
import { serveCalls } from './serve.js';

/** With these weights every layer of every network can be int8; with others a few sums of ReLU's would overflow. */
const WEIGHTS_SEED = 5;

let starting: Promise<Engine> | undefined;

/** One picture of noise calibrates: how long a network takes does not depend on how well it is quantised. */
async function prepare({ row }: PrepareRequest): Promise<PreparedNetwork> {
  starting ??= Engine.create({ onWarning: () => {} });
  const float32 = table2[row]!.build(seededWeights(WEIGHTS_SEED));
  const { graph, statistics } = await calibrateGraph(await starting, float32, [noiseTensor(float32.inputs[0]!.shape)]);
  return { float32, int8: quantiseGraph(graph, statistics) };
}

serveCalls<NetworkCalls>({ prepare });
