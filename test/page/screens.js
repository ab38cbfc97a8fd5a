/** Screenshots of every state of the page, at three widths, light and dark: to be looked at. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareSamples, enrol, ready, runBenchmark } from './steps.js';

const WIDTHS = [320, 768, 1440];

const STATES = [
  { name: 'empty', open: async () => {} },
  { name: 'compared', open: (page) => compareSamples(page, 'Two of one person') },
  {
    name: 'gallery',
    async open(page) {
      await enrol(page, 'first', 'Ada');
      await page.getByLabel('Sample for the first photograph').selectOption('person-b-1.jpg');
      await page.locator('.decision', { hasText: 'Different people' }).waitFor();
      await enrol(page, 'first', 'Bruno');
      await page.getByRole('button', { name: 'Search the second photograph' }).click();
      await page.getByText('Most like the second photograph').waitFor();
    },
  },
  { name: 'benchmark', open: runBenchmark },
];

/** What the documentation shows: two samples compared, down to the scale and without this machine's times. */
const DOCUMENTED = { state: 'compared', file: 'page.jpg', size: { width: 1200, height: 1160 } };

/** Writes `STATE-WIDTH-SCHEME.png` files into a folder, and the picture of the documentation. */
export async function takeScreens(browser, address, folder) {
  mkdirSync(folder, { recursive: true });
  const context = await browser.newContext();
  const page = await context.newPage();
  await ready(page, address);
  for (const { name, open } of STATES) {
    await open(page);
    for (const width of WIDTHS) {
      for (const colorScheme of ['light', 'dark']) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
    if (name !== DOCUMENTED.state) continue;
    await page.setViewportSize(DOCUMENTED.size);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.mouse.move(0, 0);
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: join(folder, DOCUMENTED.file), type: 'jpeg', quality: 85 });
  }
  await context.close();
}
