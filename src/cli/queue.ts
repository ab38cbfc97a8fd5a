/** `queue add|status|failed`: images for workers, and what became of them. */
import { stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { expandImages } from '../files/images.js';
import { type FailedImage, ImageQueue, imagesBelow, type QueueCounts, type QueuedImage } from '../scale/queue/index.js';
import { defineCommand, defineCommandGroup, type Outcome } from './command.js';
import { addRedisOption, logEvent, type RedisOption } from './servers.js';
import { alignRows, formatCount, formatCounted } from './text.js';

interface AddOptions extends RedisOption {
  readonly id?: string;
  readonly byFolder?: boolean;
}

interface FailedOptions extends RedisOption {
  readonly retry?: boolean;
}

/** What `queue add --json` prints. */
export interface QueueAddDocument extends QueueCounts {
  readonly gallery: string;
  /** Images that were handed over; those that were there already are not queued again. */
  readonly queued: number;
}

/** What `queue status --json` prints. */
export interface QueueStatusDocument extends QueueCounts {
  readonly gallery: string;
}

/** What `queue failed --json` prints. */
export interface QueueFailedDocument {
  readonly gallery: string;
  readonly images: readonly FailedImage[];
  /** With `--retry`: images that were queued again. */
  readonly retried?: number;
}

async function withQueue<T>(gallery: string, { redis }: RedisOption, use: (queue: ImageQueue) => Promise<T>) {
  const onWarning = (message: string) => logEvent('warning', { message });
  const queue = await ImageQueue.open({ redis: redis!, gallery, onWarning });
  try {
    return await use(queue);
  } finally {
    await queue.close();
  }
}

/** Folders image by image, so that they may be of any size; paths are whole, since workers run elsewhere. */
async function* queuedImages(args: readonly string[], options: AddOptions): AsyncGenerator<QueuedImage> {
  for (const arg of args) {
    if ((await stat(arg).catch(() => undefined))?.isDirectory()) {
      const found = imagesBelow(resolve(arg), { ids: options.byFolder ? 'folder' : 'name' });
      for await (const image of found) yield options.id === undefined ? image : { ...image, id: options.id };
      continue;
    }
    for (const { path } of await expandImages([arg])) {
      const whole = resolve(path);
      const id = options.byFolder ? basename(dirname(whole)) : basename(whole, extname(whole));
      yield { id: options.id ?? id, path: whole };
    }
  }
}

function explainCounts(counts: QueueCounts): string {
  const names = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const;
  return alignRows(names.map((name): [string, string] => [name, formatCount(counts[name])]));
}

async function add([gallery, ...args]: readonly string[], options: AddOptions): Promise<Outcome> {
  return withQueue(gallery!, options, async (queue) => {
    const queued = await queue.add(queuedImages(args, options));
    const document: QueueAddDocument = { gallery: gallery!, queued, ...(await queue.counts()) };
    return { document, text: `${formatCounted(queued, 'image')} handed over\n${explainCounts(document)}` };
  });
}

async function status([gallery]: readonly string[], options: RedisOption): Promise<Outcome> {
  return withQueue(gallery!, options, async (queue) => {
    const document: QueueStatusDocument = { gallery: gallery!, ...(await queue.counts()) };
    return { document, text: explainCounts(document) };
  });
}

async function failed([gallery]: readonly string[], options: FailedOptions): Promise<Outcome> {
  return withQueue(gallery!, options, async (queue) => {
    const images: FailedImage[] = [];
    for await (const image of queue.failures()) images.push(image);
    const retried = options.retry ? await queue.retryFailures() : undefined;
    const document: QueueFailedDocument = { gallery: gallery!, images, ...(retried === undefined ? {} : { retried }) };
    const lines = images.map(({ name, code, message }) => `${name}\n  ${code}: ${message}`);
    const again = retried === undefined ? [] : [`${formatCounted(retried, 'image')} queued again`];
    return { document, text: [...(lines.length > 0 ? lines : ['no image was set aside']), ...again].join('\n') };
  });
}

const addCommand = defineCommand<AddOptions>({
  name: 'add',
  summary: "queue images for workers. Ids are the images' names unless --id or --by-folder",
  declare(command) {
    command
      .argument('<gallery>', 'the gallery that workers enrol them in')
      .argument('<image...>', 'files, folders or patterns, at paths that workers can read')
      .option('--id <id>', 'whom all images show')
      .option('--by-folder', "take the name of each image's folder as its id");
    addRedisOption(command);
  },
  run: add,
});

const statusCommand = defineCommand<RedisOption>({
  name: 'status',
  summary: 'count the images that wait, are in work, done or set aside',
  declare(command) {
    command.argument('<gallery>', 'the gallery');
    addRedisOption(command);
  },
  run: status,
});

const failedCommand = defineCommand<FailedOptions>({
  name: 'failed',
  summary: 'list the images that were set aside, each with its reason',
  declare(command) {
    command.argument('<gallery>', 'the gallery').option('--retry', 'queue them again');
    addRedisOption(command);
  },
  run: failed,
});

export const queueCommand = defineCommandGroup(
  'queue',
  'hand images to workers (needs Redis, and npm install bullmq)',
  [addCommand, statusCommand, failedCommand],
);
