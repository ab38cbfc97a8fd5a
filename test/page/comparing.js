/** Checks of the two photographs: how they come in, what is found in them, and what is said when it is not. */
import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareSamples, ready, shownSimilarity } from './steps.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sample = (name) => `${root}samples/${name}`;

function fileInput(page, slot) {
  return page.locator(`[data-slot=${slot}] input[type=file]`);
}

/** Makes the page believe that a file was dropped on an element, or pasted. */
async function give(page, selector, event, name) {
  const bytes = [...readFileSync(sample(name))];
  await page.locator(selector).evaluate(
    (target, { event: type, bytes: values, name: fileName }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(values)], fileName, { type: 'image/jpeg' }));
      const init = { bubbles: true, cancelable: true };
      const made =
        type === 'drop'
          ? new DragEvent(type, { ...init, dataTransfer: transfer })
          : new ClipboardEvent(type, { ...init, clipboardData: transfer });
      target.dispatchEvent(made);
    },
    { event, bytes, name },
  );
}

async function problemIn(page, slot) {
  const problem = page.locator(`[data-slot=${slot}] .problem`);
  await problem.waitFor();
  return problem.textContent();
}

/** By name. */
export const comparingChecks = {
  'two samples of one person are the same': async ({ page, isolated }) => {
    await ready(page, isolated);
    await compareSamples(page, 'Two of one person');
    assert.equal(await page.locator('.decision').textContent(), 'Same person');
    const similarity = await shownSimilarity(page);
    assert.ok(similarity > 0.6 && similarity < 0.9, String(similarity));
    assert.equal(await page.locator('.face.chosen').count(), 2);
    assert.equal(await page.locator('.face circle').count(), 10);
    assert.match(await page.locator('.timings').textContent(), /Find faces\d+(\.\d)? ms\d+(\.\d)? ms/);
  },

  'two samples of different people are not': async ({ page, isolated }) => {
    await ready(page, isolated);
    await compareSamples(page, 'Two of different people');
    assert.equal(await page.locator('.decision').textContent(), 'Different people');
    assert.ok((await shownSimilarity(page)) < 0.3);
  },

  'pictures come as two files at once, and weights and threads do not change the result': async ({
    page,
    isolated,
  }) => {
    await ready(page, isolated);
    await fileInput(page, 'first').setInputFiles([sample('person-b-1.jpg'), sample('person-b-2.jpg')]);
    await page.locator('.decision').waitFor();
    const similarity = await shownSimilarity(page);
    await page.getByLabel('Threads').selectOption('1');
    await page.locator('#engine-status', { hasText: '1 thread' }).waitFor();
    await page.locator('.decision').waitFor();
    assert.equal(await shownSimilarity(page), similarity);
  },

  'pictures are dropped and pasted': async ({ page, isolated }) => {
    await ready(page, isolated);
    await give(page, '[data-slot=second]', 'drop', 'person-a-1.jpg');
    await page.locator('[data-slot=second] .findings').waitFor();
    await give(page, 'body', 'paste', 'person-a-2.jpg');
    await page.locator('[data-slot=first] .findings').waitFor();
    await page.locator('.decision', { hasText: 'Same person' }).waitFor();
  },

  'a picture comes from the camera, which is turned off afterwards': async ({ page, context, isolated }) => {
    await context.grantPermissions(['camera']);
    await ready(page, isolated);
    await page.getByRole('button', { name: 'Camera for the first photograph' }).click();
    const video = page.locator('video');
    await video.waitFor();
    await page.waitForFunction(() => document.querySelector('video').videoWidth > 0);
    await video.evaluate((element) => {
      globalThis.usedStream = element.srcObject;
    });
    await page.getByRole('button', { name: 'Take photograph' }).click();
    await page.locator('[data-slot=first] .findings', { hasText: '1 face' }).waitFor();
    assert.deepEqual(await page.evaluate(() => usedStream.getTracks().map(({ readyState }) => readyState)), ['ended']);
    await page.getByLabel('Sample for the second photograph').selectOption('person-a-1.jpg');
    await page.locator('.decision', { hasText: 'Same person' }).waitFor();
  },

  'a camera that is denied is told': async ({ page, context, isolated }) => {
    await context.clearPermissions();
    await page.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException('denied', 'NotAllowedError');
      };
    });
    await ready(page, isolated);
    await page.getByRole('button', { name: 'Camera for the first photograph' }).click();
    assert.match(await problemIn(page, 'first'), /camera was not allowed/);
  },

  'of several faces one is chosen': async ({ page, isolated }) => {
    await ready(page, isolated);
    await fileInput(page, 'first').setInputFiles(sample('group.jpg'));
    await page.locator('[data-slot=first] .findings', { hasText: '5 faces' }).waitFor();
    await page.getByLabel('Sample for the second photograph').selectOption('person-b-1.jpg');
    await page.locator('.decision').waitFor();
    const similarities = [];
    for (const face of await page.getByRole('group', { name: 'Which face' }).getByRole('button').all()) {
      await face.click();
      await page.locator('.decision').waitFor();
      similarities.push(await shownSimilarity(page));
    }
    assert.equal(similarities.filter((similarity) => similarity > 0.5).length, 1, similarities.join(' '));
  },

  'a picture without a face, a broken and a foreign file are told apart': async ({ page, isolated }) => {
    const folder = mkdtempSync(join(tmpdir(), 'mobilefacenet-page-'));
    try {
      await ready(page, isolated);
      await fileInput(page, 'first').setInputFiles(`${root}test/image/fixtures/rgb-8.png`);
      assert.match(await problemIn(page, 'first'), /No face was found/);
      writeFileSync(join(folder, 'cut.jpg'), readFileSync(sample('person-a-1.jpg')).subarray(0, 9000));
      await fileInput(page, 'first').setInputFiles(join(folder, 'cut.jpg'));
      await page
        .getByText(/incomplete|damaged/)
        .first()
        .waitFor();
      writeFileSync(join(folder, 'notes.txt'), 'no picture');
      await fileInput(page, 'first').setInputFiles(join(folder, 'notes.txt'));
      await page.locator('[data-slot=first] .problem', { hasText: 'no picture that can be read' }).waitFor();
      await page.getByRole('button', { name: 'Remove the first photograph' }).click();
      assert.equal(await page.locator('.problem').count(), 0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },

  'without cross-origin isolation it works on one thread and says why': async ({ page, plain }) => {
    await ready(page, plain);
    assert.match(await page.locator('#engine-status').textContent(), /1 thread$/);
    assert.match(await page.locator('.engine').textContent(), /headers of cross-origin isolation/);
    await compareSamples(page, 'Two of one person');
  },

  'the page stays alive while it looks for faces': async ({ page, isolated }) => {
    await ready(page, isolated);
    await page.evaluate(() => {
      globalThis.longestMs = 0;
      let before = performance.now();
      const look = () => {
        const now = performance.now();
        globalThis.longestMs = Math.max(globalThis.longestMs, now - before);
        before = now;
        setTimeout(look, 1);
      };
      look();
    });
    const working = page.locator('[data-slot=first] .scan');
    await fileInput(page, 'first').setInputFiles(sample('group.jpg'));
    await working.waitFor();
    const ticks = await page.evaluate(async () => {
      let count = 0;
      while (document.querySelector('.scan')) {
        count++;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return count;
    });
    await page.locator('[data-slot=first] .findings').waitFor();
    assert.ok(ticks > 3, `the page's event loop turned ${ticks} times`);
  },
};
