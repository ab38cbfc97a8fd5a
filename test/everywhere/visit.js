/** The page of `npm run demo` in a frame, used as a visitor does: compares two samples, fills the gallery, opens the benchmark. */

const frame = document.querySelector('iframe');

/** The longest wait, shorter than that of whoever opened the page: an error then says which step it was. */
const LIMIT_MS = 60_000;

/** What `look` gives once it gives anything. */
async function waitFor(look) {
  const begin = performance.now();
  for (;;) {
    const found = look(frame.contentDocument);
    if (found) return found;
    if (performance.now() - begin > LIMIT_MS) throw new Error(`nothing came in ${LIMIT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The first element of a selector whose text, or name for screen readers, has the words. */
const withText = (selector, words) => (page) =>
  [...page.querySelectorAll(selector)].find((element) =>
    `${element.textContent} ${element.getAttribute('aria-label') ?? ''}`.includes(words),
  );

const press = async (selector, words) => (await waitFor(withText(selector, words))).click();

/** By name; each begins where the last ended. */
const STEPS = {
  'the engine is ready': () => waitFor(withText('#engine-status', 'Ready')),

  async 'two samples are the same person'() {
    await press('button', 'Two of one person');
    await waitFor(withText('.decision', 'Same person'));
    const similarity = Number((await waitFor((page) => page.querySelector('.marker'))).textContent);
    if (!(similarity > 0.6 && similarity < 0.9)) throw new Error(`the similarity is ${similarity}`);
  },

  async 'a person is added to the gallery and found'() {
    const name = await waitFor((page) => page.querySelector('.gallery input[type=text], .gallery input:not([type])'));
    name.value = 'Ada';
    name.dispatchEvent(new Event('input', { bubbles: true }));
    await press('button', 'Add to gallery');
    await waitFor(withText('.person', 'Ada'));
    await press('button', 'Search the second photograph');
    await waitFor(withText('.match.alike', 'Ada'));
  },

  async 'the benchmark opens and runs'() {
    await press('[role=tab]', 'Benchmark');
    await press('button', 'Run benchmark');
    await waitFor((page) => page.querySelector('progress, [role=progressbar]'));
    await press('button', 'Cancel');
    await waitFor(withText('button', 'Run benchmark'));
  },
};

async function run() {
  const passed = [];
  for (const [name, step] of Object.entries(STEPS)) {
    await step().catch((error) => {
      throw new Error(`${name}: ${error.message}`);
    });
    passed.push(name);
  }
  const status = withText('#engine-status', 'Ready')(frame.contentDocument).textContent;
  return { threads: Number(/(\d+) threads?$/.exec(status)[1]), passed, failed: [] };
}

run()
  .catch((error) => ({ error: `${error?.message ?? error}` }))
  .then((result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) }));
