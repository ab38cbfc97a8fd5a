/** Three ncnn pairs as one detector: told apart by what they give, whatever their names and order. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { detectorGraphOf } from '../../src/formats/importDetector.js';
import { exportNative, importModel, importNative, type ModelFile } from '../../src/formats/index.js';
import { mobileFaceNet } from '../../src/networks/mobileFaceNet.js';
import { onet, pnet, rnet } from '../../src/networks/mtcnn.js';
import { seededWeights } from '../../src/networks/seededWeights.js';
import { codeOf } from './codeOf.js';

const folder = fileURLToPath(new URL('../../../shared/models/mtcnn/', import.meta.url));

describe('detectorGraphOf', () => {
  it('knows the three networks, and no other', () => {
    expect([pnet, rnet, onet].map((network) => detectorGraphOf(network(seededWeights())))).toEqual([
      'pnet',
      'rnet',
      'onet',
    ]);
    expect(detectorGraphOf(mobileFaceNet(seededWeights()))).toBeUndefined();
    const graph = onet(seededWeights());
    expect(detectorGraphOf({ ...graph, outputs: graph.outputs.slice(0, 1) })).toBeUndefined();
  });
});

describe.skipIf(!existsSync(folder))('importModel with the three pairs of ../shared/models/mtcnn', () => {
  const files = (...names: string[]): ModelFile[] =>
    names.map((name) => ({ name, bytes: new Uint8Array(readFileSync(`${folder}${name}`)) }));
  const pairs = ['det1', 'det2', 'det3'].flatMap((stem) => [`${stem}.param`, `${stem}.bin`]);

  it('gives one model with the graphs in their order and a card that says how to use them', async () => {
    const model = await importModel(files(...pairs.toReversed()));
    expect([...model.graphs.keys()]).toEqual(['pnet', 'rnet', 'onet']);
    expect(model.graphs.get('onet')!.outputs).toHaveLength(3);
    expect(model.card.detector).toEqual({
      channelOrder: 'rgb',
      normalisation: { mean: [127.5, 127.5, 127.5], scale: [0.0078125, 0.0078125, 0.0078125] },
      thresholds: [0.6, 0.7, 0.7],
      minimumFace: 40,
      scaleFactor: 0.709,
    });
    const back = await importNative(await exportNative(model, { storage: 'float32' }), 'detector.safetensors');
    expect([...back.graphs.keys()]).toEqual(['pnet', 'rnet', 'onet']);
    expect(back.card.detector).toEqual(model.card.detector);
  });

  it('refuses, by code, three that are not one of each, and a .bin under another name', async () => {
    const [det1, det1Bin, det2, det2Bin] = files(...pairs.slice(0, 4)) as [ModelFile, ModelFile, ModelFile, ModelFile];
    const copy = [
      { ...det1, name: 'copy.param' },
      { ...det1Bin, name: 'copy.bin' },
    ];
    expect(await codeOf(() => importModel([det1, det1Bin, det2, det2Bin, ...copy]))).toBe('NO_DETECTOR');
    const renamed = files(...pairs).map((file) => (file.name === 'det3.bin' ? { ...file, name: 'other.bin' } : file));
    expect(await codeOf(() => importModel(renamed))).toBe('NO_WEIGHTS');
    expect(await codeOf(() => importModel(files(...pairs.slice(0, 4))))).toBe('UNKNOWN_FORMAT');
  });
});
