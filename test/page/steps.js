/** What a visitor does on the page, in steps that several checks share. */

/** Opens the page and waits until the engine is ready. */
export async function ready(page, address) {
  await page.goto(address);
  await page.locator('#engine-status', { hasText: 'Ready' }).waitFor();
}

/** Presses one of the buttons that compare two samples, and waits for the decision. */
export async function compareSamples(page, label) {
  await page.getByRole('button', { name: label }).click();
  await page.locator('.decision').waitFor();
}

/** The similarity that the page shows. */
export async function shownSimilarity(page) {
  return Number((await page.locator('.marker').textContent()).replace('−', '-'));
}

/** Adds the face of a photograph to the gallery. */
export async function enrol(page, slot, name) {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Face of the').selectOption(slot);
  await page.getByRole('button', { name: 'Add to gallery' }).click();
  await page.locator('.person', { hasText: name }).waitFor();
}

/** Runs the benchmark to its end. */
export async function runBenchmark(page) {
  await page.getByRole('tab', { name: 'Benchmark' }).click();
  await page.getByRole('button', { name: 'Run benchmark' }).click();
  await page.getByText(/^Medians of single images/).waitFor({ timeout: 180_000 });
}
