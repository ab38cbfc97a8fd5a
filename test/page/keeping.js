/** Checks of the gallery, other weights and the benchmark. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareSamples, enrol, ready, runBenchmark, shownSimilarity } from './steps.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

async function openWeights(page, files) {
  await page.getByLabel('Open weights').setInputFiles(files);
}

async function openDetector(page, files) {
  await page.getByLabel('Open detector').setInputFiles(files);
}

/** Has the library write models into a folder, and gives that. */
function writeModels() {
  const folder = mkdtempSync(join(tmpdir(), 'mobilefacenet-page-'));
  const { status } = spawnSync(process.execPath, ['scripts/run.js', 'test/page/models.ts', folder], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  assert.equal(status, 0);
  return folder;
}

/** By name. */
export const keepingChecks = {
  'the gallery keeps people over a reload, finds, removes and forgets them': async ({ page, isolated }) => {
    await ready(page, isolated);
    await compareSamples(page, 'Two of different people');
    await enrol(page, 'first', 'Ada');
    await enrol(page, 'second', 'Bruno <b>');
    await page.reload();
    await page.locator('#engine-status', { hasText: 'Ready' }).waitFor();
    assert.deepEqual(await page.locator('.person .name').allTextContents(), ['Ada', 'Bruno <b>']);
    await page.getByLabel('Sample for the first photograph').selectOption('person-b-2.jpg');
    await page.getByRole('button', { name: 'Search the first photograph' }).click();
    const matches = page.locator('.match');
    await matches.first().waitFor();
    assert.deepEqual(await matches.locator('.name').allTextContents(), ['Bruno <b>', 'Ada']);
    assert.equal(await page.locator('.match.alike').count(), 1);
    await page.getByRole('button', { name: 'Remove Ada' }).click();
    await page.locator('.person', { hasText: 'Ada' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Clear gallery' }).click();
    await page.getByRole('button', { name: 'Keep' }).click();
    assert.equal(await page.locator('.person').count(), 1);
    await page.getByRole('button', { name: 'Clear gallery' }).click();
    await page.getByRole('button', { name: 'Remove all' }).click();
    await page.getByText('Nobody is here yet.').waitFor();
    await page.reload();
    await page.getByText('Nobody is here yet.').waitFor();
  },

  'broken weights are refused and the old ones stay; people of other weights are not searched': async ({
    page,
    isolated,
  }) => {
    await ready(page, isolated);
    await compareSamples(page, 'Two of one person');
    await enrol(page, 'first', 'Ada');
    await openWeights(page, [{ name: 'broken.onnx', mimeType: 'application/octet-stream', buffer: Buffer.from('no') }]);
    await page.locator('.engine .problem', { hasText: 'broken.onnx' }).waitFor();
    await page.locator('.decision', { hasText: 'Same person' }).waitFor();
    const folder = writeModels();
    for (const files of [['other.onnx'], ['other.param', 'other.bin'], ['other.safetensors']]) {
      await openWeights(
        page,
        files.map((name) => join(folder, name)),
      );
      await page.locator('.weights-name', { hasText: files[0].replace(/\..*/, '') }).waitFor();
      await page.locator('.decision', { hasText: 'No decision' }).waitFor();
      await page.getByRole('button', { name: 'Default weights' }).waitFor();
    }
    rmSync(folder, { recursive: true });
    await page.locator('.person', { hasText: 'Made with other weights' }).waitFor();
    await page.getByRole('button', { name: 'Search the first photograph' }).click();
    await page.locator('.gallery .problem', { hasText: '1 person was left out' }).waitFor();
    await page.getByRole('button', { name: 'Default weights' }).click();
    await page.locator('.person', { hasText: 'Made with other weights' }).waitFor({ state: 'detached' });
    await page.locator('.decision', { hasText: 'Same person' }).waitFor();
  },

  'a detector is a native file or three ncnn pairs; what is none is refused and the old one stays': async ({
    page,
    isolated,
  }) => {
    await ready(page, isolated);
    await compareSamples(page, 'Two of one person');
    const similarity = await shownSimilarity(page);
    const folder = writeModels();
    try {
      const path = (name) => join(folder, name);
      await openDetector(page, path('other.safetensors'));
      await page.locator('.engine .problem', { hasText: 'no face detector' }).waitFor();
      await page.locator('.decision', { hasText: 'Same person' }).waitFor();
      await openDetector(page, [path('first.param'), path('first.bin')]);
      await page.locator('.engine .problem', { hasText: 'no face detector' }).waitFor();
      await openDetector(page, path('detector.safetensors'));
      await page.locator('.weights-name', { hasText: 'other detector' }).waitFor();
      await page.locator('.decision', { hasText: 'Same person' }).waitFor();
      assert.equal(await shownSimilarity(page), similarity);
      const pairs = ['first', 'second', 'third'].flatMap((name) => [path(`${name}.param`), path(`${name}.bin`)]);
      await openDetector(page, pairs.slice(0, 4));
      await page.locator('.engine .problem', { hasText: 'three of these as a detector' }).waitFor();
      await openDetector(page, pairs);
      await page.locator('.weights-name', { hasText: 'Detector: first' }).waitFor();
      await page.getByLabel('Threads').selectOption('1');
      await page.locator('.weights-name', { hasText: 'Detector: first' }).waitFor();
      await page.getByRole('button', { name: 'Default weights' }).click();
      await page.locator('.weights-name', { hasText: 'Detector: mtcnn' }).waitFor();
      await page.locator('.decision', { hasText: 'Same person' }).waitFor();
    } finally {
      rmSync(folder, { recursive: true });
    }
  },

  'the benchmark runs in float32 and int8, can be cancelled, and is a table': async ({ page, isolated }) => {
    await ready(page, isolated);
    await page.getByRole('tab', { name: 'Benchmark' }).click();
    await page.getByRole('button', { name: 'Run benchmark' }).click();
    await page.getByRole('progressbar', { name: 'Progress of the benchmark' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Run benchmark' }).waitFor();
    await runBenchmark(page);
    const table = page.getByRole('table');
    assert.equal(await table.getByRole('rowheader').count(), 11);
    const base = page.locator('.base');
    assert.match(await base.textContent(), /1\.00×.*\d % of float32 .*1\.00×/);
    const heads = await table.getByRole('columnheader').allTextContents();
    assert.deepEqual(heads, ['Network', 'This browser, float32', 'This browser, int8', 'Paper']);
    const shares = await page.locator('.measure.int8').allTextContents();
    assert.equal(shares.filter((text) => /^int8[1-9]\d* % of float32 [\d.]+ ms$/.test(text)).length, 11, shares.join());
    assert.doesNotMatch(await table.textContent(), /…/);
  },
};
