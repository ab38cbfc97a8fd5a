/** `gallery`: from empty to searched and back, on the sample portraits, and what it refuses. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type {
  GalleryAddDocument,
  GalleryListDocument,
  GalleryRemoveDocument,
  GallerySearchDocument,
} from '../../src/cli/gallery.js';
import { type FailureDocument, runCli, runJson, sample, temporaryFolder } from './cli.js';

const portraits = ['a', 'b', 'c'].map((person) => sample(`aligned-${person}-1.png`));

function folderOfPeople(folder: string): string {
  const people = join(folder, 'people');
  for (const person of ['a', 'b']) {
    mkdirSync(join(people, `Person ${person}`), { recursive: true });
    for (const number of [1, 2]) {
      copyFileSync(sample(`aligned-${person}-${number}.png`), join(people, `Person ${person}`, `${number}.png`));
    }
  }
  return people;
}

describe('gallery', () => {
  it('refuses images of several folders that would become one person, and takes their folders', async () => {
    const folders = ['ann', 'bob'].map((name) => join(temporaryFolder(), name));
    const images = folders.map((folder, index) => {
      mkdirSync(folder);
      copyFileSync(sample(`aligned-${'ab'[index]}-1.png`), join(folder, '1.png'));
      return join(folder, '1.png');
    });
    const file = join(temporaryFolder(), 'known.safetensors');
    const mixed = await runJson<FailureDocument>('gallery', 'add', file, ...images);
    expect([mixed.code, mixed.document.error.code]).toEqual([2, 'BAD_OPTION']);
    const apart = await runJson<GalleryAddDocument>('gallery', 'add', file, ...images, '--by-folder');
    expect(apart.document).toMatchObject({ added: [{ id: 'ann' }, { id: 'bob' }], people: 2 });
  });

  it('adds, lists, searches and removes', async () => {
    const file = join(temporaryFolder(), 'known.safetensors');
    const added = await runJson<GalleryAddDocument>('gallery', 'add', file, ...portraits);
    expect(added.code).toBe(0);
    expect(added.document).toEqual({
      gallery: file,
      added: portraits.map((image, index) => ({ image, id: `aligned-${'abc'[index]}-1` })),
      people: 3,
      embeddings: 3,
      otherLinks: 0,
    });

    const again = await runJson<GalleryAddDocument>('gallery', 'add', file, portraits[0]!, '--id', 'aligned-a-1');
    expect(again.document).toMatchObject({ added: [{ known: true }], people: 3, embeddings: 3 });
    const other = await runJson<GalleryAddDocument>('gallery', 'add', file, portraits[0]!, '--id', 'somebody');
    expect(other).toMatchObject({ code: 2, document: { added: [{ error: { code: 'OTHER_PERSON' } }], people: 3 } });
    const second = await runJson<GalleryAddDocument>(
      'gallery',
      'add',
      file,
      sample('aligned-a-2.png'),
      '--id',
      'aligned-a-1',
    );
    expect(second.document).toMatchObject({ people: 3, embeddings: 4 });

    const listed = await runJson<GalleryListDocument>('gallery', 'list', file);
    expect(Object.keys(listed.document)).toEqual([
      'gallery',
      'weights',
      'embeddingLength',
      'embeddings',
      'bytes',
      'people',
    ]);
    expect(listed.document).toMatchObject({ embeddingLength: 128, embeddings: 4, bytes: readFileSync(file).length });
    expect(listed.document.people).toEqual([
      { id: 'aligned-a-1', embeddings: 2 },
      { id: 'aligned-b-1', embeddings: 1 },
      { id: 'aligned-c-1', embeddings: 1 },
    ]);

    const images = [sample('aligned-c-2.png'), sample('aligned-a-2.png')];
    const found = await runJson<GallerySearchDocument>('gallery', 'search', file, ...images, '--top', '2');
    expect(found.code).toBe(0);
    expect(Object.keys(found.document)).toEqual(['gallery', 'threshold', 'falsePositiveRate', 'results', 'elapsedMs']);
    const results = found.document.results.map((entry) => ('matches' in entry ? entry.matches : []));
    expect(results.map((matches) => [matches.length, matches[0]!.id, matches[0]!.same])).toEqual([
      [2, 'aligned-c-1', true],
      [2, 'aligned-a-1', true],
    ]);
    expect(results[0]![0]!.similarity).toBeGreaterThan(results[0]![1]!.similarity);

    const removed = await runJson<GalleryRemoveDocument>('gallery', 'remove', file, 'aligned-a-1');
    expect(removed.document).toEqual({
      gallery: file,
      removed: ['aligned-a-1'],
      people: 2,
      embeddings: 2,
      otherLinks: 0,
    });
    expect(readdirSync(join(file, '..'))).toEqual(['known.safetensors']);
  });

  it('refuses a picture of several people unless one is chosen', async () => {
    const file = join(temporaryFolder(), 'known.safetensors');
    const group = sample('group.jpg');
    const refused = await runJson<GalleryAddDocument>('gallery', 'add', file, group);
    expect(refused).toMatchObject({ code: 2, document: { people: 0, added: [{ error: { code: 'SEVERAL_FACES' } }] } });
    const chosen = await runJson<GalleryAddDocument>('gallery', 'add', file, group, '--face', 'largest');
    expect(chosen).toMatchObject({ code: 0, document: { people: 1 } });
  });

  it('replaces what it has of a person, and nothing where the new picture fails', async () => {
    const file = join(temporaryFolder(), 'known.safetensors');
    const id = ['--id', 'Ada'];
    await runCli('gallery', 'add', file, portraits[0]!, ...id);
    const failed = await runJson<GalleryAddDocument>('gallery', 'add', file, sample('group.jpg'), ...id, '--replace');
    expect(failed).toMatchObject({ code: 2, document: { people: 1, embeddings: 1 } });
    const both = [sample('aligned-a-2.png'), portraits[0]!];
    const replaced = await runJson<GalleryAddDocument>('gallery', 'add', file, ...both, ...id, '--replace');
    expect(replaced).toMatchObject({ code: 0, document: { people: 1, embeddings: 2 } });
  });

  it('takes folders, whose names may be the ids', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'known.safetensors');
    const { document } = await runJson<GalleryAddDocument>(
      'gallery',
      'add',
      file,
      folderOfPeople(folder),
      '--by-folder',
    );
    expect(document).toMatchObject({ people: 2, embeddings: 4 });
    const listed = await runJson<GalleryListDocument>('gallery', 'list', file);
    expect(listed.document.people.map(({ id }) => id)).toEqual(['Person a', 'Person b']);
  });

  it('decides by the threshold that is given', async () => {
    const file = join(temporaryFolder(), 'known.safetensors');
    await runCli('gallery', 'add', file, portraits[0]!);
    const args = ['gallery', 'search', file, sample('aligned-a-2.png'), '--threshold'];
    for (const [threshold, same] of [
      ['0.99', false],
      ['0.3', true],
    ] as const) {
      const { document } = await runJson<GallerySearchDocument>(args[0]!, ...args.slice(1), threshold);
      expect(document).toMatchObject({ threshold: Number(threshold), results: [{ matches: [{ same }] }] });
    }
  });

  it('enrols the good images of a list and reports the others, exit 2', async () => {
    const folder = temporaryFolder();
    const broken = join(folder, 'broken.png');
    writeFileSync(broken, 'no picture');
    const file = join(folder, 'known.safetensors');
    const { code, document } = await runJson<GalleryAddDocument>('gallery', 'add', file, portraits[0]!, broken);
    expect(code).toBe(2);
    expect(document).toMatchObject({
      people: 1,
      added: [{ id: 'aligned-a-1' }, { image: broken, error: { code: 'NOT_AN_IMAGE' } }],
    });
  });

  it('reads well', async () => {
    const file = join(temporaryFolder(), 'known.safetensors');
    expect((await runCli('gallery', 'add', file, ...portraits)).stdout).toContain('3 people, 3 embeddings');
    const { stdout } = await runCli('gallery', 'search', file, sample('aligned-b-2.png'), '--top', '1');
    expect(stdout).toMatch(
      /aligned-b-2\.png\n {2}aligned-b-1 +0\.\d{3} {2}same person\nOf 1,000 strangers about 1 would be/,
    );
    expect((await runCli('gallery', 'list', file)).stdout).toContain('3 people, 3 embeddings of 128 numbers');
  });

  it('refuses damaged files and leaves them as they are', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'known.safetensors');
    await runCli('gallery', 'add', file, portraits[0]!);
    const bytes = readFileSync(file);
    bytes[bytes.length - 3]! ^= 8;
    writeFileSync(file, bytes);
    for (const args of [
      ['list', file],
      ['add', file, portraits[1]!],
      ['search', file, portraits[1]!],
      ['remove', file, 'aligned-a-1'],
    ]) {
      const { code, document } = await runJson<FailureDocument>('gallery', ...args);
      expect([code, document.error.code]).toEqual([2, 'DAMAGED']);
    }
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it.each([
    ['USAGE', ['gallery']],
    ['USAGE', ['gallery', 'lst', 'x']],
    ['USAGE', ['gallery', 'add', 'x.safetensors']],
    ['FILE_NOT_FOUND', ['gallery', 'search', 'nowhere.safetensors', portraits[0]!]],
    ['FILE_NOT_FOUND', ['gallery', 'list', 'nowhere.safetensors']],
    ['NOT_A_GALLERY', ['gallery', 'list', join(sample('..'), 'weights/mobilefacenet.safetensors')]],
    ['BAD_NUMBER', ['gallery', 'search', 'x', 'y', '--top', '0']],
    ['BAD_ID', ['gallery', 'add', 'new.safetensors', portraits[0]!, '--id', '']],
  ])('%s: %j', async (code, args) => {
    const { code: exit, document } = await runJson<FailureDocument>(args[0]!, ...args.slice(1));
    expect([exit, document.error.code]).toEqual([2, code]);
    expect(existsSync('new.safetensors')).toBe(false);
  });

  it('names who is not there before it removes anybody', async () => {
    const file = join(temporaryFolder(), 'known.safetensors');
    await runCli('gallery', 'add', file, portraits[0]!);
    const { document } = await runJson<FailureDocument>('gallery', 'remove', file, 'aligned-a-1', 'nobody');
    expect(document.error.code).toBe('UNKNOWN_ID');
    const listed = await runJson<GalleryListDocument>('gallery', 'list', file);
    expect(listed.document.people.length).toBe(1);
  });
});
