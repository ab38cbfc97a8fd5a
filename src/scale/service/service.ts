/** The service: faces over HTTP, with every bound that a server on a network needs. */
import { UnavailableError } from '../../errors.js';
import type { FacePool } from '../faces/pool.js';
import { printReason } from '../reason.js';
import { Admission, createKeyCheck, whenOver } from './admission.js';
import { describeFailure, ServiceError } from './failure.js';
import { type App, type DocumentedApp, loadServicePeers, type Reply, type Request, type Route } from './fastify.js';
import type { GalleryProvider } from './galleries.js';
import { galleryRoutes } from './galleryRoutes.js';
import { createMetrics, type ServiceMetrics } from './metrics.js';
import { pictureRoutes } from './routes.js';
import { answers, IMAGE_TYPES, responses } from './schemas.js';

/** How a service is made. The pool and what galleries stand on stay the caller's. */
export interface ServiceOptions {
  /** Detects and embeds; its `pixelLimit` bounds the pictures. */
  readonly pool: FacePool;
  /** Without it there are no routes below /gallery. */
  readonly galleries?: GalleryProvider | undefined;
  /** Keys of 16 characters or more, one of which each request must carry; none when absent or empty. */
  readonly apiKeys?: readonly string[] | undefined;
  /** Requests at work at a time, 8 for each thread when absent; more are answered with 429 before their body is read. */
  readonly mostRequests?: number | undefined;
  /** Bytes of a body; 12 MiB when absent. */
  readonly bodyLimit?: number | undefined;
  /** Time for a whole request to arrive; 10,000 when absent. */
  readonly receiveTimeoutMs?: number | undefined;
  /** Time for the work on a request, waiting included; 10,000 when absent. The work is ended with it. */
  readonly workTimeoutMs?: number | undefined;
  /** Time that requests at work have when the service closes; 10,000 when absent. */
  readonly closeTimeoutMs?: number | undefined;
  /** Fastify's `logger`: true when absent, for lines of JSON on stdout. */
  readonly logger?: boolean | object | undefined;
  /** Hears the Fastify application before routes are declared, to register what it shall have besides, such as CORS. */
  readonly onCreate?: ((app: unknown) => unknown) | undefined;
}

const MEBIBYTE = 1024 * 1024;
const DEFAULTS = { bodyLimit: 12 * MEBIBYTE, receiveTimeoutMs: 10_000, workTimeoutMs: 10_000, closeTimeoutMs: 10_000 };
const REQUESTS_PER_THREAD = 8;

/** Connections for each request that may be at work: most of a client's wait for their next one. */
const CONNECTIONS_PER_REQUEST = 64;

/** How often late requests are looked for. */
const LOOK_EVERY_MS = 500;

/** Characters of a part of a path: an id of 256 characters, each up to 12 in its encoded form. */
const LONGEST_PARAMETER = 4096;

const API_VERSION = '1.0.0';

function openRoutes(context: {
  readonly metrics: ServiceMetrics;
  document(): object;
  requireReady(): Promise<void>;
}): Route[] {
  const open = { isOpen: true };
  const security: [] = [];
  return [
    {
      method: 'GET',
      url: '/health',
      config: open,
      schema: { summary: 'Answers while the process lives.', security, response: responses(200, answers.status) },
      handler: async () => ({ status: 'ok' }),
    },
    {
      method: 'GET',
      url: '/ready',
      config: open,
      schema: { summary: 'Answers 200 while work can be done.', security, response: responses(200, answers.status) },
      async handler() {
        await context.requireReady();
        return { status: 'ready' };
      },
    },
    {
      method: 'GET',
      url: '/openapi.json',
      config: open,
      schema: {
        summary: 'This document.',
        security,
        response: { 200: { type: 'object', additionalProperties: true } },
      },
      handler: async () => context.document(),
    },
    {
      method: 'GET',
      url: '/metrics',
      schema: { summary: 'Metrics for Prometheus.', response: { 200: { type: 'string' } } },
      async handler(_, reply) {
        const { registry } = context.metrics;
        reply.type(registry.contentType);
        return registry.metrics();
      },
    },
  ];
}

/** A running service. Make one with `createService`, and close it. */
export class Service {
  readonly #app: App;
  readonly #closeTimeoutMs: number;
  readonly #begin: () => void;

  /** @internal */
  constructor(app: App, closeTimeoutMs: number, begin: () => void) {
    this.#app = app;
    this.#closeTimeoutMs = closeTimeoutMs;
    this.#begin = begin;
  }

  /** Listens, and gives the address. Throws UnavailableError CANNOT_LISTEN. */
  async listen(host: string, port: number): Promise<string> {
    try {
      return await this.#app.listen({ host, port });
    } catch (cause) {
      const message = `port ${port} of ${host} cannot be listened on: ${printReason(cause)}; choose another.`;
      throw new UnavailableError('CANNOT_LISTEN', message, { cause });
    }
  }

  /** Takes no more requests, and is done when those at work are answered, or when their time is over. */
  async close(): Promise<void> {
    this.#begin();
    const cut = setTimeout(() => this.#app.server.closeAllConnections(), this.#closeTimeoutMs);
    await this.#app.close();
    clearTimeout(cut);
  }
}

/** Ends a request's work when its time is over or its connection is closed. */
function createSignal(workTimeoutMs: number): (request: Request, reply: Reply) => AbortSignal {
  return (request, reply) => {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const message = `the work took longer than ${workTimeoutMs} ms; try again later, or send a smaller picture.`;
      controller.abort(new ServiceError(504, 'TIMED_OUT', message));
    }, workTimeoutMs);
    whenOver(request, reply, () => {
      clearTimeout(timer);
      if (!reply.raw.writableFinished)
        controller.abort(new ServiceError(499, 'CLIENT_GONE', 'nobody waits for the answer.'));
    });
    return controller.signal;
  };
}

function addHooks(app: App, checkKey: (request: Request) => void, admission: Admission, metrics: ServiceMetrics): void {
  app.addHook('onRequest', async (request, reply) => {
    checkKey(request);
    await admission.admit(request, reply);
  });
  app.addHook('onResponse', async (request, reply) => {
    metrics.count(request, reply);
    const { method, routeOptions } = request;
    const elapsedMs = Math.round(reply.elapsedTime);
    // The route and not the path, which has ids in it.
    request.log.info({ method, route: routeOptions.url, status: reply.statusCode, elapsedMs }, 'request');
  });
  app.setErrorHandler((error, request, reply) => {
    const { status, code, message } = describeFailure(error);
    if (status >= 500) request.log.error({ code, reason: error.message, stack: error.stack }, 'failure');
    return reply.code(status).send({ error: { code, message } });
  });
  app.setNotFoundHandler((_, reply) => {
    const message = 'there is nothing at this path; /openapi.json says what there is.';
    return reply.code(404).send({ error: { code: 'NOT_FOUND', message } });
  });
}

/**
 * Makes a service; `listen` starts it. Throws UnavailableError MISSING_PEER without fastify, @fastify/swagger and
 * prom-client, InputError BAD_KEY.
 */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { pool, galleries, apiKeys = [] } = options;
  const { createApp, LogController, swagger, prom } = await loadServicePeers();
  const mostRequests = options.mostRequests ?? REQUESTS_PER_THREAD * pool.threads;
  const receiveTimeoutMs = options.receiveTimeoutMs ?? DEFAULTS.receiveTimeoutMs;
  const checkKey = createKeyCheck(apiKeys);
  const admission = new Admission(mostRequests);
  const metrics = createMetrics(prom, pool, admission);
  const answerFailure = (error: Error, _: Request, reply: Reply) => {
    const { status, code, message } = describeFailure(error);
    return reply.code(status).send({ error: { code, message } });
  };
  const app = createApp({
    logger: options.logger ?? true,
    ...(LogController
      ? { logController: new LogController({ disableRequestLogging: true }) }
      : { disableRequestLogging: true }),
    bodyLimit: options.bodyLimit ?? DEFAULTS.bodyLimit,
    requestTimeout: receiveTimeoutMs,
    http: { connectionsCheckingInterval: LOOK_EVERY_MS, headersTimeout: receiveTimeoutMs },
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true, allErrors: false } },
    frameworkErrors: answerFailure,
  }) as DocumentedApp;
  app.server.maxConnections = CONNECTIONS_PER_REQUEST * mostRequests;
  let isClosing = false;
  addHooks(app, checkKey, admission, metrics);
  app.addHook('onSend', async (_, reply) => {
    // A connection that waits for another request would hold the end up.
    if (isClosing) reply.header('connection', 'close');
  });
  requireTexts(app);
  app.addContentTypeParser(IMAGE_TYPES, { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  await options.onCreate?.(app);
  const security = apiKeys.length > 0 ? [{ apiKey: [] }] : [];
  const components = { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } };
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'mobilefacenet', version: API_VERSION }, components, security },
  });
  const context = { pool, signalOf: createSignal(options.workTimeoutMs ?? DEFAULTS.workTimeoutMs) };
  const requireReady = async () => {
    if (isClosing || pool.threads === 0) throw new ServiceError(503, 'NOT_READY', 'no work can be done now.');
    await galleries?.check();
  };
  const routes = [
    ...openRoutes({ metrics, document: () => app.swagger(), requireReady }),
    ...pictureRoutes(context),
    ...(galleries ? galleryRoutes(context, galleries) : []),
  ];
  for (const route of routes) app.route(route);
  return new Service(app, options.closeTimeoutMs ?? DEFAULTS.closeTimeoutMs, () => {
    isClosing = true;
  });
}

/** Refuses bodies whose fields are no texts: the query's numbers come as texts, so the schemas' types are not strict. */
function requireTexts(app: App): void {
  app.addHook('preValidation', async ({ body, method }) => {
    if (Buffer.isBuffer(body)) return;
    if (body === undefined || body === null) {
      if (method !== 'POST') return;
      throw new ServiceError(400, 'BAD_REQUEST', 'body must be object; see /openapi.json.');
    }
    const wrong = Object.entries(body).find(([, value]) => typeof value !== 'string');
    if (!wrong) return;
    throw new ServiceError(400, 'BAD_REQUEST', `body/${wrong[0].slice(0, 40)} must be string; see /openapi.json.`);
  });
}
