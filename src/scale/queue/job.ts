/** A job: one picture to be embedded and enrolled. */
import { InputError } from '../../errors.js';
import { checkId } from '../../face/galleryFile.js';
import { sha256 } from '../../formats/sha256.js';

/** A picture by its path, which workers must be able to read, or by its bytes, which then lie in Redis. */
export type QueuedImage =
  | { readonly id: string; readonly path: string }
  | { readonly id: string; readonly name: string; readonly bytes: Uint8Array };

/** What a job carries, as JSON. */
export interface ImageJob {
  /** Whom the picture shows. */
  readonly id: string;
  /** The path, or the picture's name where its bytes are here. */
  readonly name: string;
  /** The picture's bytes in base64; absent where `name` is a path. */
  readonly image?: string;
}

/** Bytes of a picture that a job may carry: Redis holds all that wait in memory. */
const MOST_CARRIED_BYTES = 4 * 1024 * 1024;

/** Turns a picture into a job. Throws InputError BAD_ID, or JOB_TOO_LARGE for bytes that are too many for Redis. */
export function createJob(image: QueuedImage): ImageJob {
  const id = checkId(image.id, 'queue');
  if ('path' in image) return { id, name: image.path };
  const { name, bytes } = image;
  if (bytes.length <= MOST_CARRIED_BYTES) return { id, name, image: Buffer.from(bytes).toString('base64') };
  const accepted = `at most ${MOST_CARRIED_BYTES} fit into a job: store it where workers can read it and queue its path`;
  throw new InputError('JOB_TOO_LARGE', `${name}: has ${bytes.length} bytes; ${accepted}.`);
}

/** The job's name in Redis: the same person and picture have the same, and are queued once. */
export async function jobIdOf({ id, name, image }: ImageJob): Promise<string> {
  return `image-${await sha256(new TextEncoder().encode(JSON.stringify([id, image ?? name])))}`;
}

/** The queue of a gallery. */
export function queueNameOf(gallery: string): string {
  return `mobilefacenet-${gallery}`;
}
