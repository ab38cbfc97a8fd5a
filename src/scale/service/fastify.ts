/** What is used of the packages `fastify`, `@fastify/swagger` and `prom-client`. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { loadPeer } from '../loadPeer.js';

export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Request {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly raw: IncomingMessage;
  readonly log: Log;
  readonly routeOptions: { readonly url?: string | undefined; readonly config: unknown };
}

export interface Reply {
  readonly raw: ServerResponse;
  readonly statusCode: number;
  readonly elapsedTime: number;
  code(status: number): Reply;
  header(name: string, value: string): Reply;
  type(contentType: string): Reply;
  send(payload?: unknown): Reply;
}

/** A JSON schema. */
export type Schema = { readonly [keyword: string]: unknown };

export interface RouteSchema {
  readonly summary: string;
  readonly params?: Schema;
  readonly querystring?: Schema;
  readonly body?: Schema;
  readonly response: { readonly [status: string]: Schema };
  /** Empty where no key is needed. */
  readonly security?: readonly Schema[];
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly schema: RouteSchema;
  /** What the hooks need to know of a route. */
  readonly config?: RouteConfig;
  handler(request: Request, reply: Reply): Promise<unknown>;
}

export interface RouteConfig {
  /** No key is asked for. */
  readonly isOpen?: boolean;
  /** Counts as a request at work. */
  readonly isWork?: boolean;
}

export interface App {
  register(plugin: unknown, options?: object): PromiseLike<unknown>;
  route(route: Route): unknown;
  addHook(
    name: 'onRequest' | 'onResponse' | 'onSend' | 'preValidation',
    hook: (request: Request, reply: Reply) => Promise<unknown>,
  ): unknown;
  addContentTypeParser(
    types: string[],
    options: { readonly parseAs: 'buffer' },
    parse: (request: Request, body: Buffer, done: (error: Error | null, body?: unknown) => void) => void,
  ): unknown;
  setErrorHandler(handler: (error: Error, request: Request, reply: Reply) => unknown): unknown;
  setNotFoundHandler(handler: (request: Request, reply: Reply) => unknown): unknown;
  listen(options: { readonly host: string; readonly port: number }): Promise<string>;
  close(): PromiseLike<unknown>;
  readonly server: Server;
  readonly log: Log;
}

/** What `@fastify/swagger` adds. */
export type DocumentedApp = App & { swagger(): object };

export type CreateApp = (options: object) => App;

type LogControllerClass = new (options: { readonly disableRequestLogging: boolean }) => unknown;

export interface Metric {
  inc(labels: object, by?: number): void;
  observe(labels: object, value: number): void;
}

export interface MetricsRegistry {
  readonly contentType: string;
  metrics(): Promise<string>;
}

interface MetricOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  readonly buckets?: readonly number[];
  readonly registers: readonly MetricsRegistry[];
  collect?(this: { set(value: number): void }): void;
}

export interface PromClient {
  readonly Registry: new () => MetricsRegistry;
  readonly Counter: new (options: MetricOptions) => Pick<Metric, 'inc'>;
  readonly Histogram: new (options: MetricOptions) => Pick<Metric, 'observe'>;
  readonly Gauge: new (options: MetricOptions) => unknown;
  collectDefaultMetrics(options: { readonly register: MetricsRegistry }): void;
}

const USER = 'mobilefacenet/service';

/** Imports the three peers. Throws UnavailableError MISSING_PEER. */
export async function loadServicePeers(): Promise<{
  readonly createApp: CreateApp;
  /** Absent from older versions, which have an option in its place. */
  readonly LogController: LogControllerClass | undefined;
  readonly swagger: unknown;
  readonly prom: PromClient;
}> {
  const all = ['fastify', '@fastify/swagger', 'prom-client'] as const;
  const load = <T>(name: string) =>
    loadPeer<T>(
      name,
      USER,
      all.filter((other) => other !== name),
    );
  const [{ fastify, LogController }, swagger, prom] = await Promise.all([
    load<{ readonly fastify: CreateApp; readonly LogController?: LogControllerClass }>('fastify'),
    load<{ readonly default: unknown }>('@fastify/swagger'),
    load<PromClient & { readonly default?: PromClient }>('prom-client'),
  ]);
  return { createApp: fastify, LogController, swagger: swagger.default, prom: prom.default ?? prom };
}
