/** Checks by axe in every state, and of keyboard, width and what screen readers are told. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compareSamples, enrol, ready, runBenchmark } from './steps.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Runs every rule of axe, best practices among them, at two widths, light and dark. */
async function requireClean(page, state) {
  await page.evaluate(axe);
  for (const [width, colorScheme] of [
    [320, 'light'],
    [1440, 'dark'],
  ]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const found = await page.evaluate(async () => {
      const { violations } = await axe.run(document, { resultTypes: ['violations'] });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
    assert.deepEqual(found, [], `${state} at ${width} pixels, ${colorScheme}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${state} is ${overflow} pixels too wide at ${width}`);
  }
}

/** The accessible names of what the Tab key comes by. */
async function tabStops(page, count) {
  const names = [];
  for (let stop = 0; stop < count; stop++) {
    await page.keyboard.press('Tab');
    names.push(
      await page.evaluate(() => {
        const { activeElement: at } = document;
        return at.getAttribute('aria-label') ?? (at.closest('label') ?? at).textContent.trim();
      }),
    );
  }
  return names;
}

/** By name. */
export const accessibilityChecks = {
  'axe finds nothing in any state, and nothing is wider than the window': async ({ page, isolated }) => {
    await ready(page, isolated);
    await requireClean(page, 'empty');
    await page.getByRole('button', { name: 'Two of different people' }).click();
    await page.locator('.decision').waitFor();
    await page.getByLabel('Sample for the first photograph').selectOption('group.jpg');
    await page.getByText('5 faces').first().waitFor();
    await requireClean(page, 'compared');
    await enrol(page, 'first', 'Somebody with a very long name-that-nobody-would-ever-write-without-a-break');
    await page.getByRole('button', { name: 'Search the second photograph' }).click();
    await page.locator('.match').waitFor();
    await page.getByRole('button', { name: 'Clear gallery' }).click();
    await requireClean(page, 'gallery');
    await runBenchmark(page);
    await requireClean(page, 'benchmark');
  },

  'the keyboard reaches everything in the order of the page': async ({ page, isolated }) => {
    await ready(page, isolated);
    const stops = await tabStops(page, 6);
    assert.deepEqual(stops, [
      'Skip to the photographs',
      'Compare faces',
      'Choose file for the first photograph',
      'Camera for the first photograph',
      'Sample for the first photograph',
      'Choose file for the second photograph',
    ]);
    await page.getByRole('tab', { name: 'Compare faces' }).focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'tab-benchmark');
    await page.getByRole('tabpanel', { name: 'Benchmark' }).waitFor();
    await page.keyboard.press('Home');
    await page.getByRole('button', { name: 'Two of one person' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.decision', { hasText: 'Same person' }).waitFor();
  },

  'a screen reader hears the decision, and focus is not lost': async ({ page, isolated }) => {
    await ready(page, isolated);
    await compareSamples(page, 'Two of one person');
    await page.locator('[aria-live=polite]', { hasText: 'Same person. Similarity 0.' }).waitFor({ state: 'attached' });
    await enrol(page, 'first', 'Ada');
    await enrol(page, 'second', 'Bruno');
    await page.getByRole('button', { name: 'Remove Ada' }).click();
    await page.locator('[aria-live=polite]', { hasText: 'Ada was removed.' }).waitFor({ state: 'attached' });
    assert.notEqual(await page.evaluate(() => document.activeElement.tagName), 'BODY');
  },
};
