/** Prometheus metrics of the service; none of them says anything about a person or a picture. */
import type { FacePool } from '../faces/pool.js';
import type { Admission } from './admission.js';
import type { MetricsRegistry, PromClient, Reply, Request } from './fastify.js';

/** Upper edges of the histogram of durations, in seconds. */
const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics, and how a request that was answered is counted. */
export interface ServiceMetrics {
  readonly registry: MetricsRegistry;
  count(request: Request, reply: Reply): void;
}

export function createMetrics(prom: PromClient, pool: FacePool, admission: Admission): ServiceMetrics {
  const registry = new prom.Registry();
  const registers = [registry];
  prom.collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'route', 'status'] as const;
  const prefix = 'mobilefacenet_';
  const total = new prom.Counter({
    name: `${prefix}requests_total`,
    help: 'Requests answered.',
    labelNames,
    registers,
  });
  const seconds = new prom.Histogram({
    name: `${prefix}request_seconds`,
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route'],
    buckets: SECONDS,
    registers,
  });
  const gauges: readonly [string, string, () => number][] = [
    ['requests_working', 'Requests at work.', () => admission.working],
    ['requests_refused', 'Requests turned away because too many were at work.', () => admission.refused],
    ['pool_threads', 'Threads that embed.', () => pool.threads],
    ['pool_running', 'Pictures that threads work on.', () => pool.running],
    ['pool_waiting', 'Pictures that wait for a thread.', () => pool.waiting],
  ];
  for (const [name, help, read] of gauges) {
    new prom.Gauge({
      name: `${prefix}${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
  return {
    registry,
    count({ method, routeOptions }, reply) {
      const route = routeOptions.url ?? 'unknown';
      total.inc({ method, route, status: reply.statusCode });
      seconds.observe({ method, route }, reply.elapsedTime / 1000);
    },
  };
}
