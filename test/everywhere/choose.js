/** Uses examples/browser.html as a visitor does: chooses two sample pictures in it and reads what it then says. */

async function pictureOf(name) {
  const response = await fetch(`/checkout/samples/${name}`);
  if (!response.ok) throw new Error(`${name}: the server answers ${response.status}`);
  return new File([await response.blob()], name, { type: 'image/jpeg' });
}

function choose(input, picture) {
  const chosen = new DataTransfer();
  chosen.items.add(picture);
  input.files = chosen.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

/** The text that the verdict changes to after `action`. */
function nextVerdict(verdict, action) {
  return new Promise((resolve) => {
    new MutationObserver(() => resolve(verdict.textContent)).observe(verdict, { childList: true });
    action();
  });
}

async function run() {
  const frame = document.querySelector('iframe');
  await new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  const page = frame.contentDocument;
  const [a, b, verdict] = ['a', 'b', 'verdict'].map((id) => page.getElementById(id));
  const [first, second, none] = await Promise.all([
    pictureOf('person-a-1.jpg'),
    pictureOf('person-a-2.jpg'),
    new File(['no picture'], 'none.jpg'),
  ]);
  const passed = [];
  const expectVerdict = async (name, pattern, action) => {
    const said = await nextVerdict(verdict, action);
    if (!pattern.test(said)) throw new Error(`${name}: it says ${said}`);
    passed.push(name);
  };
  choose(a, first);
  await expectVerdict('the verdict', /^same person, similarity 0\.\d{3}$/, () => choose(b, second));
  await expectVerdict('the refusal', /JPEG/, () => choose(b, none));
  return { passed, failed: [] };
}

run()
  .catch((error) => ({ error: `${error?.message ?? error}` }))
  .then((result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) }));
