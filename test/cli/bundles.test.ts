/** What programs carry that import a part of the package: a bundler leaves the rest behind. */
import { readdirSync, readFileSync } from 'node:fs';
import { build } from 'esbuild';
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

/** Every entry of the package by the conditions of those who bundle it. */
const ENTRIES = [
  ['browser', ['index', 'engine', 'face'].map((name) => `dist/browser/${name}.js`)],
  ['edge', ['index', 'engine', 'face'].map((name) => `dist/edge/${name}.js`)],
  ['node', ['index', 'engine', 'face', 'node', 'postgres', 'queue', 'service'].map((name) => `dist/${name}.js`)],
] as const;

describe('dist', () => {
  test.each(ENTRIES)('bundled for %s gives no warning', async (platform, entryPoints) => {
    const { warnings, outputFiles } = await build({
      entryPoints: [...entryPoints],
      outdir: 'build/unwritten',
      bundle: true,
      write: false,
      format: 'esm',
      platform: platform === 'node' ? 'node' : 'browser',
      packages: 'external',
      external: ['*.wasm', '*.wasm?module'],
      logLevel: 'silent',
    });
    expect(outputFiles).toHaveLength(entryPoints.length);
    expect(warnings.map(({ text }) => text)).toEqual([]);
  });

  test('imports nothing for an effect, and holds no file that nothing imports', () => {
    for (const folder of ['dist', 'dist/browser', 'dist/edge', 'dist/manual']) {
      const names = readdirSync(folder).filter((name) => name.endsWith('.js'));
      const texts = names.map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
      expect(texts.flatMap((text) => text.match(/\bimport"\.\/[^"]+"/g) ?? [])).toEqual([]);
      const parts = names.filter((name) => /-[A-Z0-9]{8}\.js$/.test(name));
      expect(parts.length).toBeGreaterThan(0);
      expect(parts.filter((name) => !texts.some((text) => text.includes(`"./${name}"`)))).toEqual([]);
    }
  });
});
