/** Checks of the page's own weights in int8 beside those in float32. */
import { strict as assert } from 'node:assert';
import { compareSamples, enrol, ready, shownSimilarity } from './steps.js';

/** Chooses weights, and waits until both pictures are embedded by them. */
async function chooseWeights(page, precision, name) {
  await page.getByLabel('Weights in use').selectOption(precision);
  await page
    .locator('.weights-name strong')
    .first()
    .and(page.getByText(name, { exact: true }))
    .waitFor();
  await page.locator('.decision').waitFor();
}

/** By name. */
export const precisionChecks = {
  'weights in int8 decide by their own threshold, and embeddings of both are never compared': async ({
    page,
    isolated,
  }) => {
    await ready(page, isolated);
    await compareSamples(page, 'Two of one person');
    await enrol(page, 'first', 'Ada');
    const inFloat32 = await shownSimilarity(page);
    const field = page.getByLabel('Weights in use');
    assert.match((await field.getByRole('option').allTextContents()).join(), /^Default, float32 .*,Default, int8 /);

    await chooseWeights(page, 'int8', 'mobilefacenet-int8');
    assert.equal(await field.inputValue(), 'int8');
    assert.equal(await page.locator('.decision').textContent(), 'Same person');
    const inInt8 = await shownSimilarity(page);
    assert.ok(inInt8 > 0.6 && inInt8 < 0.9 && inInt8 !== inFloat32, `${inInt8} in int8, ${inFloat32} in float32`);
    assert.match(await page.locator('.result .note').textContent(), /^The threshold rests on /);
    await page.locator('.person', { hasText: 'Made with other weights' }).waitFor();
    await enrol(page, 'first', 'Bruno');
    await page.getByRole('button', { name: 'Search the second photograph' }).click();
    await page.locator('.gallery .problem', { hasText: '1 person was left out' }).waitFor();
    assert.deepEqual(await page.locator('.match .name').allTextContents(), ['Bruno']);
    await page.getByLabel('Sample for the second photograph').selectOption('person-b-1.jpg');
    await page.locator('.decision', { hasText: 'Different people' }).waitFor();
    await page.getByLabel('Sample for the second photograph').selectOption('person-a-2.jpg');
    await page.locator('.decision', { hasText: 'Same person' }).waitFor();

    await chooseWeights(page, 'float32', 'mobilefacenet');
    assert.equal(await shownSimilarity(page), inFloat32);
    assert.equal(await page.locator('.person', { hasText: 'Made with other weights' }).count(), 1);
    await page.getByRole('button', { name: 'Search the second photograph' }).click();
    await page.locator('.match .name', { hasText: 'Ada' }).waitFor();
    assert.deepEqual(await page.locator('.match .name').allTextContents(), ['Ada']);
  },
};
