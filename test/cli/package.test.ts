/** The package as it ships: what is packed, what it depends on, and that it runs where only that is installed. */
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository, run, sample, temporaryFolder } from './cli.js';

interface LockedPackage {
  readonly dev?: boolean;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

const description = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
const lock = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8'));
const locked = Object.entries(lock.packages as Record<string, LockedPackage>).filter(([path]) => path !== '');

describe('dependencies', () => {
  it('the lockfile names no registry', () => {
    expect(locked.length).toBeGreaterThan(20);
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it('what users install has no install script and no native part', () => {
    const installed = locked.filter(([, { dev }]) => !dev);
    expect(installed.map(([path]) => path)).toContain('node_modules/commander');
    const unwelcome = installed.filter(([, { hasInstallScript, os, cpu }]) => hasInstallScript || os || cpu);
    expect(unwelcome).toEqual([]);
    const scripts = Object.keys(description.scripts);
    expect(scripts.filter((name) => ['preinstall', 'install', 'postinstall', 'prepare'].includes(name))).toEqual([]);
  });

  it('versions are exact', () => {
    const versions = Object.values({ ...description.dependencies, ...description.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version as string))).toEqual([]);
  });
});

/** Packs the package, unpacks it as `node_modules/mobilefacenet` of an empty folder, and gives that folder. */
async function installPacked(): Promise<{ readonly folder: string; readonly files: readonly string[] }> {
  const folder = temporaryFolder();
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder]);
  expect(packed.code, packed.stderr).toBe(0);
  const [{ filename, files }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[')));
  const target = join(folder, 'node_modules/mobilefacenet');
  mkdirSync(target, { recursive: true });
  expect((await run('tar', ['-xzf', join(folder, filename), '-C', target, '--strip-components=1'])).code).toBe(0);
  const names = locked.filter(([path, { dev }]) => !dev && !path.includes('/node_modules/')).map(([path]) => path);
  for (const name of new Set(names.map((path) => path.split('/')[1]!))) {
    symlinkSync(join(repository, 'node_modules', name), join(folder, 'node_modules', name));
  }
  return { folder, files: files.map(({ path }: { path: string }) => path) };
}

/** Every file that `exports` leads to, with the conditions on the way. */
function exportedFiles(target: unknown, conditions: readonly string[] = []): [path: string, conditions: string[]][] {
  if (typeof target === 'string') return [[target.replace('./', ''), [...conditions]]];
  return Object.entries(target as object).flatMap(([key, value]) => exportedFiles(value, [...conditions, key]));
}

describe('exports', () => {
  const entries = Object.keys(description.exports).filter((entry) => entry !== './package.json');
  const branches = Object.entries(description.exports).flatMap(([entry, target]) =>
    exportedFiles(target).map(([path, conditions]) => ({ entry, path, conditions })),
  );

  it('name files that are built', () => {
    expect(branches.length).toBeGreaterThan(30);
    expect(branches.filter(({ path }) => !existsSync(join(repository, path)))).toEqual([]);
  });

  it('have types first in every branch of every entry', () => {
    expect(entries).toEqual(expect.arrayContaining(['.', './engine', './face', './manual', './node', './worker.js']));
    for (const entry of entries) {
      const target: Record<string, unknown> = description.exports[entry];
      const groups = 'types' in target ? [target] : Object.values(target);
      for (const group of groups) expect(Object.keys(group as object), entry).toEqual(['types', 'default']);
    }
  });

  it('have a branch for each platform, and one for all others at the end', () => {
    for (const entry of ['.', './engine', './face']) {
      const conditions = ['workerd', 'edge-light', 'node', 'browser', 'default'];
      expect(Object.keys(description.exports[entry]), entry).toEqual(conditions);
    }
  });

  it('of the smaller entries are all among those of the whole', async () => {
    const namesOf = async (path: string) => Object.keys(await import(join(repository, path)));
    const whole = await namesOf('dist/index.js');
    expect(whole.length).toBeGreaterThan(40);
    for (const part of ['engine', 'face']) {
      expect(whole, part).toEqual(expect.arrayContaining(await namesOf(`dist/${part}.js`)));
    }
    for (const folder of ['browser', 'manual']) expect(await namesOf(`dist/${folder}/index.js`), folder).toEqual(whole);
  });
});

describe('the packed package', () => {
  it('holds what it needs and no more, and runs', async () => {
    const { folder, files } = await installPacked();
    const needed = [
      'LICENSE',
      'NOTICE',
      'README.md',
      'CHANGELOG.md',
      'dist/cli.js',
      'dist/index.js',
      'dist/types/index.d.ts',
      'dist/browser/LICENSES.txt',
      'weights/mobilefacenet.safetensors',
      'weights/README.md',
      'samples/aligned-a-1.png',
    ];
    expect(files).toEqual(expect.arrayContaining(needed));
    expect(files.filter((path) => /^(src|test|assembly|build|scripts|bench)\/|(?<!\.d)\.ts$/.test(path))).toEqual([]);
    expect(files.filter((path) => path.endsWith('.wasm'))).toEqual([
      'dist/kernels/core-plain.wasm',
      'dist/kernels/core-relaxed.wasm',
      'dist/kernels/further-plain.wasm',
      'dist/kernels/further-relaxed.wasm',
    ]);
    const cli = join(folder, 'node_modules/mobilefacenet', description.bin.mobilefacenet);
    const verified = await run(
      process.execPath,
      [cli, 'verify', sample('aligned-b-1.png'), sample('aligned-b-2.png')],
      folder,
    );
    expect(verified, verified.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(verified.stdout).toMatch(/^Same person\n/);
  });

  it('has no reference to this machine or to development dependencies', () => {
    for (const name of ['dist/index.js', 'dist/cli.js']) {
      const text = readFileSync(join(repository, name), 'utf8');
      expect(text).not.toContain(repository);
      for (const dependency of Object.keys(description.devDependencies)) {
        expect(text, dependency).not.toMatch(new RegExp(`(from|import) ?["']${dependency}["'/]`));
      }
    }
  });
});
