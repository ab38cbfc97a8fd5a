/** The service's contract as JSON schemas: they check what comes in, shape what goes out, and make the OpenAPI document. */
import { LONGEST_ID } from '../../face/galleryFile.js';
import { LARGEST_INPUT_SIDE, LEAST_MINIMUM_FACE } from '../../model/parseCard.js';
import type { Schema } from './fastify.js';

/** Picture files that may be sent as they are. */
export const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/gif', 'image/bmp'];

const number = { type: 'number' };
const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const similarity = { type: 'number', minimum: -1, maximum: 1, description: 'A cosine: no percentage, no probability.' };

function object(properties: Schema, optional: readonly string[] = [], description?: string): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', additionalProperties: false, required, properties, ...(description ? { description } : {}) };
}

const encodedImage = {
  type: 'string',
  minLength: 1,
  contentEncoding: 'base64',
  description: 'A picture in base64: JPEG, PNG, WebP, GIF or BMP.',
};

/** One picture: in JSON, or the file itself. */
export const imageBody: Schema = {
  content: {
    'application/json': { schema: object({ image: encodedImage }) },
    ...Object.fromEntries(IMAGE_TYPES.map((type) => [type, { schema: { contentMediaType: type } }])),
  },
};

export const pairBody: Schema = object({ a: encodedImage, b: encodedImage });

const minFace = {
  type: 'number',
  minimum: LEAST_MINIMUM_FACE,
  maximum: LARGEST_INPUT_SIDE,
  description: 'Smallest face to look for, in pixels.',
};
const face = {
  type: 'string',
  enum: ['largest', 'central', 'only'],
  description: 'Which of several faces is meant; `only` refuses a picture with several, as enrolling does unless told.',
};
const input = {
  type: 'string',
  enum: ['auto', 'crop', 'photograph'],
  description: 'What the picture is; `auto` takes it for an aligned crop only where a face stands as in one.',
};
const falseAcceptRate = { type: 'number', minimum: 0, maximum: 1, description: 'Share of different people to accept.' };
const mirror = { type: 'boolean', description: 'Add the mirrored image: twice the time, a little more accuracy.' };
const threshold = { ...similarity, description: 'Similarity from which two faces count as the same person.' };
const top = { type: 'integer', minimum: 1, maximum: 100, description: 'People to give at most.' };

const embedOptions = { minFace, face, input, mirror };

/** Options in the query; none is needed. */
export const queries = {
  detect: object({ minFace }, ['minFace']),
  embed: object(embedOptions, Object.keys(embedOptions)),
  verify: object({ ...embedOptions, threshold, falseAcceptRate }, [
    ...Object.keys(embedOptions),
    'threshold',
    'falseAcceptRate',
  ]),
  search: object({ ...embedOptions, threshold, top }, [...Object.keys(embedOptions), 'threshold', 'top']),
};

const name = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' };
const id = { type: 'string', minLength: 1, maxLength: LONGEST_ID };

export const galleryParams: Schema = object({ name });
export const personParams: Schema = object({ name, id });

const box = object({ x: number, y: number, width: number, height: number });
const point = { type: 'array', items: number, minItems: 2, maxItems: 2 };
const foundFace = object({ score: number, box, landmarks: { type: 'array', items: point } }, ['landmarks']);
const measures = ['score', 'eyeDistance', 'sharpness', 'residual', 'visible', 'roll', 'yaw', 'secondScore'];
const quality = object(
  {
    value: number,
    reasons: { type: 'array', items: text },
    ...Object.fromEntries(measures.map((name) => [name, number])),
  },
  ['secondScore'],
);
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const numberOrNull = { type: ['number', 'null'] };
const textOrNull = { type: ['string', 'null'] };
const comparedFace = object({ input: text, faces: numberOrNull, box: orNull(box), quality: orNull(quality) });
const decision = { type: ['boolean', 'null'], description: 'Null where there is no threshold.' };
const chosenThreshold = { type: ['number', 'null'] };
const match = object({ id: text, similarity, same: decision });

/** What routes answer, by the name of the answer. */
export const answers = {
  verify: object({
    similarity,
    same: decision,
    threshold: chosenThreshold,
    thresholdSource: textOrNull,
    falseAcceptRate: numberOrNull,
    calibratedOn: textOrNull,
    probability: numberOrNull,
    undecided: textOrNull,
    faces: { type: 'array', items: comparedFace },
    comparisons: count,
    model: text,
    weights: text,
  }),
  embed: object(
    {
      embedding: { type: 'array', items: number },
      weights: text,
      mirrored: { type: 'boolean' },
      input: text,
      face: foundFace,
      faces: count,
      quality,
    },
    ['face', 'faces'],
  ),
  detect: object({ width: count, height: count, faces: { type: 'array', items: foundFace } }),
  gallery: object({ name: text, weights: text, embeddingLength: count, people: count, embeddings: count }),
  enrol: object({ id: text, input: text, quality, face: foundFace }, ['face']),
  search: object(
    {
      faces: count,
      threshold: chosenThreshold,
      falsePositiveRate: numberOrNull,
      matches: { type: 'array', items: match },
    },
    ['faces'],
  ),
  status: object({ status: text }),
  nothing: { type: 'null' },
};

/** Every failure. */
const failure = object({ error: object({ code: text, message: text }) }, [], 'A stable code, and one sentence.');

/** The answers of a route: its own, and a failure for every other status. */
export function responses(status: number, answer: Schema): { readonly [status: string]: Schema } {
  return { [status]: answer, '4xx': failure, '5xx': failure };
}
