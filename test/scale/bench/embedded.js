/** The gallery in memory: building it, and exact searches of one thread. */
import { Engine, Gallery } from 'mobilefacenet';
import { memoryMb, SEARCH_HEAD, timeSearches, timeSeconds } from './measure.js';
import { LENGTH, makeFaces, makeQueries, WEIGHTS } from './people.js';

const TOP = 10;
const FACES_AT_ONCE = 10_000;

/** Enrols so many faces, and gives the seconds that the gallery took, without the making of the faces. */
async function build(gallery, size) {
  let buildSeconds = 0;
  let batch = [];
  const flush = async () => {
    buildSeconds += await timeSeconds(() => gallery.enrolAll(batch));
    batch = [];
  };
  for (const enrolment of makeFaces(size)) if (batch.push(enrolment) === FACES_AT_ONCE) await flush();
  if (batch.length > 0) await flush();
  return buildSeconds;
}

export async function benchEmbedded({ embeddedSizes, queries: count }) {
  const queries = makeQueries([...makeFaces(embeddedSizes[0])], count);
  const rows = [];
  for (const size of embeddedSizes) {
    const engine = await Engine.create();
    const gallery = new Gallery(engine, WEIGHTS, LENGTH);
    const buildSeconds = await build(gallery, size);
    const { columns } = await timeSearches((face) => gallery.search(face, { top: TOP }), queries);
    const tableMb = (gallery.memoryBytes / 1e6).toFixed(0);
    rows.push([size, buildSeconds.toFixed(1), tableMb, memoryMb().toFixed(0), ...columns]);
    gallery.dispose();
    engine.dispose();
  }
  const head = ['faces', 'build s', 'table MB', 'process MB', ...SEARCH_HEAD];
  return [{ title: 'Embedded gallery, exact search, one thread', head, rows }];
}
