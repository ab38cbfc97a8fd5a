/** The routes for pictures: verify, embed, detect. */

import type { FaceChoice } from '../../face/chooseFace.js';
import type { EmbeddedFace } from '../../face/comparer.js';
import { compareFaces } from '../../face/comparison.js';
import type { PictureInput } from '../../face/cropFaces.js';
import type { EmbedTaskOptions } from '../faces/messages.js';
import type { FacePool } from '../faces/pool.js';
import type { Reply, Request, Route } from './fastify.js';
import { answers, imageBody, pairBody, queries, responses } from './schemas.js';

/** What routes work with. */
export interface RouteContext {
  readonly pool: FacePool;
  /** A signal that ends a request's work: when its time is over, or nobody waits for the answer any more. */
  signalOf(request: Request, reply: Reply): AbortSignal;
}

/** Options in a query, checked by its schema. */
interface Query {
  readonly minFace?: number;
  readonly face?: FaceChoice;
  readonly input?: PictureInput;
  readonly falseAcceptRate?: number;
  readonly mirror?: boolean;
  readonly threshold?: number;
  readonly top?: number;
}

export function queryOf(request: Request): Query {
  return request.query as Query;
}

/** The bytes of the picture in a body: of the file itself, or of base64 in JSON. */
export function imageOf({ body }: Request): Uint8Array {
  return Buffer.isBuffer(body) ? body : Buffer.from((body as { readonly image: string }).image, 'base64');
}

export function embedOptions(request: Request): EmbedTaskOptions {
  const { minFace, face, input, mirror } = queryOf(request);
  return { minimumFace: minFace, face, input, mirror };
}

/** Embeds the one picture of a request. */
export function embedRequest(
  context: RouteContext,
  request: Request,
  reply: Reply,
  options: EmbedTaskOptions = {},
): Promise<EmbeddedFace> {
  const signal = context.signalOf(request, reply);
  return context.pool.embed(imageOf(request), { ...embedOptions(request), ...options, signal });
}

function verifyRoute(context: RouteContext): Route {
  return {
    method: 'POST',
    url: '/verify',
    config: { isWork: true },
    schema: {
      summary: 'Compares the faces of two pictures.',
      querystring: queries.verify,
      body: pairBody,
      response: responses(200, answers.verify),
    },
    async handler(request, reply) {
      const { a, b } = request.body as { readonly a: string; readonly b: string };
      const signal = context.signalOf(request, reply);
      const options = { ...embedOptions(request), signal };
      const embed = (image: string) => context.pool.embed(Buffer.from(image, 'base64'), options);
      const [first, second] = await Promise.all([embed(a), embed(b)]);
      return compareFaces(context.pool.card, [first], [second], queryOf(request));
    },
  };
}

function embedRoute(context: RouteContext): Route {
  return {
    method: 'POST',
    url: '/embed',
    config: { isWork: true },
    schema: {
      summary: 'Gives the embedding of the face in a picture, of unit length.',
      querystring: queries.embed,
      body: imageBody,
      response: responses(200, answers.embed),
    },
    async handler(request, reply) {
      const { embedding, ...rest } = await embedRequest(context, request, reply);
      return { embedding: [...embedding], ...rest };
    },
  };
}

function detectRoute(context: RouteContext): Route {
  return {
    method: 'POST',
    url: '/detect',
    config: { isWork: true },
    schema: {
      summary: 'Finds the faces in a picture, the largest first.',
      querystring: queries.detect,
      body: imageBody,
      response: responses(200, answers.detect),
    },
    handler(request, reply) {
      const signal = context.signalOf(request, reply);
      return context.pool.detect(imageOf(request), { minimumFace: queryOf(request).minFace, signal });
    },
  };
}

export function pictureRoutes(context: RouteContext): Route[] {
  return [verifyRoute(context), embedRoute(context), detectRoute(context)];
}
