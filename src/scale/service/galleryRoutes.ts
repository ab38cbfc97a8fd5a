/** The routes for galleries: make one, enrol, remove, search. */
import type { FaceGallery } from '../../face/faceGallery.js';
import { decideSearch } from '../../face/searchDecision.js';
import { ServiceError } from './failure.js';
import type { Request, Route, Schema } from './fastify.js';
import type { GalleryProvider } from './galleries.js';
import { embedRequest, queryOf, type RouteContext } from './routes.js';
import { answers, galleryParams, imageBody, personParams, queries, responses } from './schemas.js';

const URL = '/gallery/:name';
const PERSON_URL = `${URL}/people/:id`;

interface Params {
  readonly name: string;
  readonly id: string;
}

async function describeGallery(name: string, gallery: FaceGallery): Promise<object> {
  const { weights, embeddingLength } = gallery;
  return { name, weights, embeddingLength, ...(await gallery.count()) };
}

/** Routes on a database: no picture is worked on, but the request counts as one at work. */
function galleryRoute(
  route: Pick<Route, 'method' | 'url' | 'handler'>,
  summary: string,
  params: Schema,
  status: number,
  answer: Schema,
): Route {
  return { ...route, config: { isWork: true }, schema: { summary, params, response: responses(status, answer) } };
}

export function galleryRoutes(context: RouteContext, galleries: GalleryProvider): Route[] {
  async function open(request: Request): Promise<FaceGallery> {
    const { name } = request.params as Params;
    const gallery = await galleries.open(name);
    if (gallery) return gallery;
    throw new ServiceError(404, 'NO_GALLERY', `there is no gallery "${name}"; PUT /gallery/NAME makes one.`);
  }

  const enrol: Route = {
    method: 'POST',
    url: PERSON_URL,
    config: { isWork: true },
    schema: {
      summary: 'Enrols the face in a picture, for a person who is new where the id is.',
      params: personParams,
      querystring: queries.embed,
      body: imageBody,
      response: responses(201, answers.enrol),
    },
    async handler(request, reply) {
      const { id } = request.params as Params;
      const gallery = await open(request);
      // Enrolling the wrong one of several people is worse than asking which is meant.
      const embedded = await embedRequest(context, request, reply, { face: queryOf(request).face ?? 'only' });
      await gallery.enrol(id, embedded);
      reply.code(201);
      return { id, input: embedded.input, quality: embedded.quality, face: embedded.face };
    },
  };
  const search: Route = {
    method: 'POST',
    url: `${URL}/search`,
    config: { isWork: true },
    schema: {
      summary: 'Finds the people whom the face in a picture is most like, best first.',
      params: galleryParams,
      querystring: queries.search,
      body: imageBody,
      response: responses(200, answers.search),
    },
    async handler(request, reply) {
      const gallery = await open(request);
      const face = await embedRequest(context, request, reply);
      const query = queryOf(request);
      const found = await gallery.search(face, { top: query.top, threshold: query.threshold });
      const { embeddings } = await gallery.count();
      const { threshold } = query;
      return { faces: face.faces, ...decideSearch(found, embeddings, context.pool.card, { threshold }) };
    },
  };
  const read = galleryRoute(
    {
      method: 'GET',
      url: URL,
      handler: async (request) => describeGallery((request.params as Params).name, await open(request)),
    },
    'Counts the people and embeddings of a gallery.',
    galleryParams,
    200,
    answers.gallery,
  );
  const create = galleryRoute(
    {
      method: 'PUT',
      url: URL,
      async handler(request) {
        const { name } = request.params as Params;
        const gallery = await (galleries.create ? galleries.create(name) : open(request));
        return describeGallery(name, gallery);
      },
    },
    'Makes a gallery where there is none of this name.',
    galleryParams,
    200,
    answers.gallery,
  );
  const remove = galleryRoute(
    {
      method: 'DELETE',
      url: PERSON_URL,
      async handler(request, reply) {
        const removed = await (await open(request)).remove((request.params as Params).id);
        if (!removed) throw new ServiceError(404, 'UNKNOWN_ID', 'nobody of this id is in the gallery.');
        return reply.code(204).send();
      },
    },
    'Removes a person with all embeddings.',
    personParams,
    204,
    answers.nothing,
  );
  return [create, read, enrol, remove, search];
}
