/** `worker`: takes pictures from a gallery's queue, embeds them and enrols them, until it is asked to end. */
import { setTimeout as delay } from 'node:timers/promises';
import { Option } from 'commander';
import { migratePostgres, PostgresGallery } from '../scale/postgres/index.js';
import { FacePool, ImageQueue, ImageWorker, type WorkerCounts } from '../scale/queue/index.js';
import { defineCommand, type Outcome } from './command.js';
import { cropOptions } from './models.js';
import {
  addDetectorOptions,
  addFaceOption,
  addFlipOption,
  addInputOptions,
  addModelOption,
  type FaceOptions,
  parseCount,
  parseNumber,
} from './options.js';
import {
  addDatabaseOption,
  addRedisOption,
  Closers,
  type DatabaseOption,
  logEvent,
  openPostgresPool,
  type RedisOption,
  requireDatabase,
  untilAskedToEnd,
} from './servers.js';
import { formatCounted, roundTo } from './text.js';

interface WorkerOptions extends FaceOptions, DatabaseOption, RedisOption {
  readonly model?: string;
  readonly flip?: boolean;
  readonly threads: number;
  readonly drain?: boolean;
  readonly stalledAfter: number;
  readonly reportEvery: number;
}

/** What `worker --json` prints when it has ended. */
export interface WorkerDocument extends WorkerCounts {
  readonly gallery: string;
}

const MOST_THREADS = 64;
const LOOK_AGAIN_MS = 200;
const DAY_SECONDS = 86_400;

/** Resolves when nothing waits and nothing is in work, at two looks in a row. */
async function untilEmpty(queue: ImageQueue): Promise<'empty'> {
  for (let emptyLooks = 0; emptyLooks < 2; ) {
    const { waiting, active, delayed } = await queue.counts();
    emptyLooks = waiting + active + delayed === 0 ? emptyLooks + 1 : 0;
    await delay(LOOK_AGAIN_MS);
  }
  return 'empty';
}

function roundCounts({ rate, ...counts }: WorkerCounts): WorkerCounts {
  return { ...counts, rate: roundTo(rate, 2) };
}

async function start(name: string, options: WorkerOptions, closers: Closers): Promise<ImageWorker> {
  const { model, detector, threads, flip } = options;
  const connections = closers.add(await openPostgresPool(requireDatabase(options), 2 * threads), (pool) => pool.end());
  await migratePostgres(connections);
  const pool = closers.add(await FacePool.start({ threads, model, detector }), (started) => started.close());
  const worker = await ImageWorker.start({
    redis: options.redis!,
    pool,
    gallery: await PostgresGallery.create(connections, name, pool.weights, pool.embeddingLength),
    ...cropOptions(options),
    mirror: flip,
    stalledAfterMs: options.stalledAfter * 1000,
    onFailure: (failure) => logEvent('failure', failure),
    onWarning: (message) => logEvent('warning', { message }),
  });
  return closers.add(worker, (started) => started.close());
}

async function work([name]: readonly string[], options: WorkerOptions): Promise<Outcome> {
  const closers = new Closers();
  requireDatabase(options);
  try {
    const queue = await ImageQueue.open({ redis: options.redis!, gallery: name! });
    closers.add(queue, (opened) => opened.close());
    const worker = await start(name!, options, closers);
    logEvent('started', { gallery: name, threads: options.threads, pid: process.pid });
    const report = setInterval(() => logEvent('progress', roundCounts(worker.counts())), options.reportEvery * 1000);
    const reason = await Promise.race([untilAskedToEnd(), ...(options.drain ? [untilEmpty(queue)] : [])]);
    clearInterval(report);
    logEvent('ending', { reason });
    await worker.close();
    const document: WorkerDocument = { gallery: name!, ...roundCounts(worker.counts()) };
    const { enrolled, duplicates, failures, rate } = document;
    const images = formatCounted(enrolled, 'image');
    const text = `${images} enrolled, ${duplicates} known before, ${failures} tries failed; ${rate} images a second`;
    return { document, text };
  } finally {
    await closers.close();
  }
}

export const workerCommand = defineCommand<WorkerOptions>({
  name: 'worker',
  summary: "enrol the images of a gallery's queue (needs Redis, PostgreSQL with pgvector, and npm install bullmq pg)",
  declare(command) {
    command.argument('<gallery>', 'the gallery; made where there is none');
    addDatabaseOption(command);
    addRedisOption(command);
    const count = (option: string, most: number) => (text: string) => parseCount(text, option, 1, most);
    const threads = new Option('--threads <n>', 'threads that embed').default(1);
    command.addOption(threads.argParser(count('--threads', MOST_THREADS)));
    command.option('--drain', 'end when the queue is empty instead of waiting for more');
    const stalled = new Option('--stalled-after <seconds>', 'when images of a killed worker are given to another');
    const parseSeconds = (text: string) => parseNumber(text, '--stalled-after', 0.5, DAY_SECONDS);
    command.addOption(stalled.default(30).argParser(parseSeconds));
    const report = new Option('--report-every <seconds>', 'how often progress is logged').default(10);
    command.addOption(report.argParser(count('--report-every', DAY_SECONDS)));
    addModelOption(command);
    addInputOptions(command);
    addDetectorOptions(command);
    addFaceOption(command, 'only');
    addFlipOption(command);
  },
  run: work,
});
