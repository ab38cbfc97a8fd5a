/** How long a visitor waits from opening the page to the first decision, with an empty cache and with a filled one. */

/** Milliseconds from the navigation to the first decision. */
async function timeFirstPair(page, address) {
  await page.goto('about:blank');
  await page.goto(`${address}#samples`);
  await page.locator('.decision').waitFor();
  return page.evaluate(() => performance.getEntriesByName('first-result')[0].startTime);
}

function medianOf(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Prints the medians. Each round has a browser context of its own, whose cache is empty. */
export async function measureTimes(browser, address, rounds) {
  const times = { 'empty cache': [], 'filled cache': [] };
  for (let round = 0; round < rounds; round++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    for (const taken of Object.values(times)) taken.push(await timeFirstPair(page, address));
    await context.close();
  }
  for (const [name, taken] of Object.entries(times)) {
    const all = taken.map((time) => Math.round(time)).join(', ');
    console.log(`page load to first verified pair, ${name}: median ${Math.round(medianOf(taken))} ms (${all})`);
  }
}
