/** Made-up people with several faces each, the same at every run, and searches for them. */

/** Elements of an embedding, as the weights of this package make them. */
export const LENGTH = 128;
export const WEIGHTS = '0'.repeat(64);

const FACES_PER_PERSON = 5;

/** Length of the noise on a person's direction of length 1: two faces of a person have a cosine of about 0.6. */
const NOISE = 0.8;

/** Numbers in [0, 1) from an integer generator. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A vector of about the given length in any direction: sums of uniform numbers are near enough to normal ones. */
function direction(next, length) {
  const scale = length / Math.sqrt(LENGTH / 4);
  return Float32Array.from({ length: LENGTH }, () => (next() + next() + next() - 1.5) * scale);
}

function near(vector, next, noise) {
  const other = direction(next, noise);
  return vector.map((value, at) => value + other[at]);
}

/** So many faces: each is its person's direction with noise. */
export function* makeFaces(count) {
  const next = seeded(1);
  for (let index = 0; index < count; ) {
    const person = direction(next, 1);
    for (let face = 0; face < FACES_PER_PERSON && index < count; face++, index++) {
      const embedding = near(person, next, NOISE);
      yield { id: `${Math.floor(index / FACES_PER_PERSON)}`, face: { embedding, weights: WEIGHTS } };
    }
  }
}

/** Faces of people among the first so many, changed a little, so that each is near its own and equal to none. */
export function makeQueries(faces, count) {
  const next = seeded(99);
  const step = Math.max(1, Math.floor(faces.length / count));
  return Array.from({ length: Math.min(count, faces.length) }, (_, index) => {
    const { embedding } = faces[index * step].face;
    return { embedding: near(embedding, next, NOISE / 2), weights: WEIGHTS };
  });
}
