/** What programs carry that import a part of the package: a bundler leaves the rest behind. */
import { describe, expect, test } from 'vitest';
import { bundleProgram } from '../../scripts/sizes.js';

/** Words that each part cannot be without; bundles of the whole show that they are found. */
const PARTS = {
  'the ncnn importer': '7767517',
  'the ONNX importer': 'opset',
  'the PNG decoder': 'IHDR',
  'the JPEG decoder': 'createImageBitmap',
  'the detector': 'rnet',
  'the command line': '--json',
  'insightface lists': 'pickle',
};

function found(text: string): string[] {
  return Object.entries(PARTS)
    .filter(([, word]) => text.includes(word))
    .map(([part]) => part);
}

describe('a bundle', () => {
  test('of everything holds every part but the command line', async () => {
    const text = await bundleProgram("export * from './dist/browser/index.js';");
    expect(found(text)).toEqual(Object.keys(PARTS).filter((part) => part !== 'the command line'));
  });

  test('that only embeds holds no importer, no decoder and no command line', async () => {
    const names = 'Engine, createEmbedder, importNative, cosineSimilarity';
    const text = await bundleProgram(`export { ${names} } from './dist/browser/index.js';`);
    expect(found(text)).toEqual([]);
    expect(text).toContain('pointwise6x8');
  });

  test('of the engine alone holds nothing about faces, pictures or model files', async () => {
    const text = await bundleProgram("export { Engine } from './dist/browser/engine.js';");
    expect(found(text)).toEqual([]);
    expect(text).not.toContain('safetensors');
  });

  test('of an import alone holds nothing: no module does anything when it is read', async () => {
    expect((await bundleProgram("import './dist/browser/index.js';")).trim()).toBe('');
  });
});
