/** The import order of src/: a folder imports only from those to its left, and never from its equals. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ORDER = [
  ['errorCodes'],
  ['errors', 'builtin'],
  ['tensor'],
  ['image', 'ops'],
  ['graph'],
  ['build'],
  ['model'],
  ['networks', 'passes'],
  ['formats'],
  ['kernels'],
  ['plan'],
  ['runtime'],
  ['network'],
  ['engine'],
  ['quantise'],
  ['files'],
  ['face'],
  ['scale', 'evaluation'],
  ['cli'],
  ['entries'],
  ['index'],
];

const source = fileURLToPath(new URL('../src', import.meta.url));
const levels = new Map(ORDER.flatMap((folders, level) => folders.map((folder) => [folder, level] as const)));
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => relative(source, join(source, path)).split('\\').join('/'));

/** The folder, or the file directly below src/, that a path belongs to. */
function layerOf(path: string): string {
  return path.split('/')[0]!.replace(/\.ts$/, '');
}

function importsOf(path: string): string[] {
  const text = readFileSync(join(source, path), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
  return specifiers.filter((specifier) => specifier.startsWith('.')).map((to) => posix.join(dirname(path), to));
}

/** One sentence for each import that goes right or sideways. */
function violations(path: string, imports: readonly string[]): string[] {
  const from = layerOf(path);
  return imports
    .filter((to) => layerOf(to.replace(/\.js$/, '.ts')) !== from)
    .filter((to) => !(levels.get(layerOf(to.replace(/\.js$/, '.ts')))! < levels.get(from)!))
    .map((to) => `${path} imports ${to}`);
}

describe('layers', () => {
  it('every folder of src/ has its place in the order', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.map(layerOf).filter((layer) => !levels.has(layer))).toEqual([]);
  });

  it('imports point left', () => {
    expect(files.flatMap((path) => violations(path, importsOf(path)))).toEqual([]);
  });

  it('a wrong import would be found', () => {
    expect(violations('ops/add.ts', ['tensor/shape.js', 'ops/operator.js', 'build/infer.js'])).toEqual([
      'ops/add.ts imports build/infer.js',
    ]);
    expect(violations('passes/index.ts', ['formats/native.js', 'graph/types.js'])).toEqual([
      'passes/index.ts imports formats/native.js',
    ]);
    expect(importsOf('ops/index.ts')).toContain('errors.js');
  });
});

/** What a module may keep between calls: caches, whose loss changes nothing but time. */
const CACHES = [
  'build/verify.ts: verified = new WeakSet',
  'image/importedDecoders.ts: jpeg = new WasmDecoder',
  'image/importedDecoders.ts: webp = new WasmDecoder',
  'image/installedDecoders.ts: jpeg = new WasmDecoder',
  'image/installedDecoders.ts: webp = new WasmDecoder',
  'scale/postgres/client.ts: prepared = new WeakMap',
];

/** Objects with a state of their own that a module makes when it is read, and variables at its top. */
function moduleStates(path: string, text: string): string[] {
  const variables = [...text.matchAll(/^(?:export )?(?:let|var) (\w+)/gm)].map(([, name]) => name!);
  const made = [...text.matchAll(/^(?:export )?const (\w+)(?:: [^=]+)? = new (\w+)(?:<[^(]*>)?\(/gm)]
    // Tables and constants: filled where they are made, or without a state.
    .filter(([whole, , type]) => !/^(TextDecoder|TextEncoder|RegExp)$/.test(type!) && !isFilled(text, whole))
    .map(([, name, type]) => `${name} = new ${type}`);
  return [...variables, ...made].map((state) => `${path}: ${state}`);
}

/** Whether what is constructed gets its contents at once, as a table does. */
function isFilled(text: string, statement: string): boolean {
  const next = text[text.indexOf(statement) + statement.length];
  return /new (?:Map|Set|\w+Array)/.test(statement) && next !== ')';
}

describe('modules', () => {
  it('keep no state but caches', () => {
    const states = files.flatMap((path) => moduleStates(path, readFileSync(join(source, path), 'utf8')));
    expect(states.sort()).toEqual(CACHES);
  });

  it('a state would be found', () => {
    const text = 'let count = 0;\nconst seen = new Map<string, number>();\nconst TABLE = new Map([[1, 2]]);\n';
    expect(moduleStates('a.ts', text)).toEqual(['a.ts: count', 'a.ts: seen = new Map']);
  });
});
