/** `serve`: faces over HTTP, until it is asked to end. */
import { Option } from 'commander';
import { InputError } from '../errors.js';
import { migratePostgres } from '../scale/postgres/index.js';
import { createService, FacePool, postgresGalleries } from '../scale/service/index.js';
import { defineCommand, type Outcome } from './command.js';
import { addModelOption, parseCount, parseNumber } from './options.js';
import {
  addDatabaseOption,
  Closers,
  type DatabaseOption,
  logEvent,
  openPostgresPool,
  untilAskedToEnd,
} from './servers.js';

interface ServeOptions extends DatabaseOption {
  readonly host: string;
  readonly port: number;
  readonly threads: number;
  readonly mostRequests?: number;
  readonly bodyLimit: number;
  readonly pixelLimit: number;
  readonly timeout: number;
  readonly model?: string;
  readonly detector?: string;
}

/** What `serve --json` prints when it has ended. */
export interface ServeDocument {
  readonly address: string;
}

const KEYS_VARIABLE = 'MOBILEFACENET_API_KEYS';
const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];
const MEGA = 1_000_000;
const MOST_THREADS = 64;
const MOST_REQUESTS = 10_000;
const MOST_SECONDS = 600;

/** The keys of the environment. Throws InputError NO_API_KEY where there are none and others could reach the service. */
function readKeys(host: string): string[] {
  const keys = (process.env[KEYS_VARIABLE] ?? '').split(/[\s,]+/).filter((key) => key !== '');
  if (keys.length > 0 || LOOPBACK.includes(host)) return keys;
  const found = `${KEYS_VARIABLE} is not set, and ${host} can be reached from elsewhere`;
  throw new InputError('NO_API_KEY', `${found}; set it to keys of 16 characters or more, separated by commas.`);
}

async function listen(options: ServeOptions, closers: Closers): Promise<string> {
  const { host, port, threads, model, detector, database, mostRequests, bodyLimit, pixelLimit, timeout } = options;
  const apiKeys = readKeys(host);
  const connections = database
    ? closers.add(await openPostgresPool(database, 2 * threads + 2), (pool) => pool.end())
    : undefined;
  if (connections) await migratePostgres(connections);
  const settings = { threads, model, detector, pixelLimit: pixelLimit * MEGA };
  const pool = closers.add(await FacePool.start(settings), (started) => started.close());
  const service = await createService({
    pool,
    galleries: connections && postgresGalleries(connections, pool),
    apiKeys,
    mostRequests,
    bodyLimit: bodyLimit * MEGA,
    receiveTimeoutMs: timeout * 1000,
    workTimeoutMs: timeout * 1000,
    // Standard output has the one document; lines of the log go to the other.
    logger: { stream: process.stderr },
  });
  closers.add(service, (made) => made.close());
  const address = await service.listen(host, port);
  logEvent('listening', { address, threads, keys: apiKeys.length, galleries: connections !== undefined });
  return address;
}

async function serve(_: readonly string[], options: ServeOptions): Promise<Outcome> {
  const closers = new Closers();
  try {
    const address = await listen(options, closers);
    logEvent('ending', { reason: await untilAskedToEnd() });
    const document: ServeDocument = { address };
    return { document, text: `${address} is closed` };
  } finally {
    await closers.close();
  }
}

export const serveCommand = defineCommand<ServeOptions>({
  name: 'serve',
  summary: 'answer over HTTP (needs npm install fastify @fastify/swagger prom-client, for galleries also pg)',
  declare(command) {
    const counted = (flags: string, text: string, initial: number, most: number, least = 1) => {
      const name = flags.split(' ')[0]!;
      const option = new Option(flags, text).default(initial);
      command.addOption(option.argParser((value) => parseCount(value, name, least, most)));
    };
    command.option('--host <name>', 'address to listen on; others than loopback need API keys', '127.0.0.1');
    counted('--port <n>', 'port to listen on; 0 takes a free one', 8080, 65535, 0);
    counted('--threads <n>', 'threads that embed', 1, MOST_THREADS);
    const most = new Option('--most-requests <n>', 'requests at work at a time (default: 8 for each thread)');
    command.addOption(most.argParser((text) => parseCount(text, '--most-requests', 1, MOST_REQUESTS)));
    counted('--body-limit <n>', 'megabytes of a body', 12, 100);
    counted('--pixel-limit <n>', 'megapixels of a picture', 100, 1000);
    const timeout = new Option('--timeout <seconds>', 'for a request to arrive, and for the work on it').default(10);
    command.addOption(timeout.argParser((text) => parseNumber(text, '--timeout', 0.1, MOST_SECONDS)));
    addDatabaseOption(command);
    addModelOption(command);
    command.option(
      '--detector <file>',
      'a native file with pnet, rnet and onet (default: the weights of this package)',
    );
    command.addHelpText('after', `\n${KEYS_VARIABLE} holds the API keys. GET /openapi.json documents the service.`);
  },
  run: serve,
});
