/** The conformance body as a Worker that answers a request with its result. */

import * as library from 'mobilefacenet';
import { conform } from './conformance.js';
import materials from './materials.js';

async function run() {
  try {
    return await conform(library, async (name) => materials[name], { threads: 1 });
  } catch (error) {
    return { error: `${error?.message ?? error}` };
  }
}

export default {
  async fetch() {
    return Response.json(await run());
  },
};
