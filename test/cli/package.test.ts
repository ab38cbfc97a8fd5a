/** The package as it ships: what is packed, what it depends on, and that it runs where only that is installed. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
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
      'weights/mobilefacenet.safetensors',
      'weights/README.md',
      'samples/aligned-a-1.png',
    ];
    expect(files).toEqual(expect.arrayContaining(needed));
    expect(
      files.filter((path) => /^(src|test|assembly|build|scripts|bench)\/|\.wasm$|(?<!\.d)\.ts$/.test(path)),
    ).toEqual([]);
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
