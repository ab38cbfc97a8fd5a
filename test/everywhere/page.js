/** The conformance body in a page: posts its result, or the error that kept it from one, to the server. */
import * as library from 'mobilefacenet';
import { conform } from './conformance.js';

async function open(name) {
  const response = await fetch(`/checkout/${name}`);
  if (!response.ok) throw new Error(`${name}: the server answers ${response.status}`);
  return response.arrayBuffer();
}

async function run() {
  const workerUrl = new URLSearchParams(location.search).get('workerUrl');
  const engineOptions = workerUrl ? { workerUrl: new URL(workerUrl, location.href) } : {};
  return conform(library, open, { threads: crossOriginIsolated ? 2 : 1, engineOptions });
}

run()
  .catch((error) => ({ error: `${error?.message ?? error}` }))
  .then((result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) }));
