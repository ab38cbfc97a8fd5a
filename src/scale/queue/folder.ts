/** Images below a folder, one after the other, so that a folder of any size can be queued. */
import { opendir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { InputError } from '../../errors.js';
import { isPictureName } from '../../image/pictureFormats.js';
import type { QueuedImage } from './job.js';

/** How a folder's images are named. */
export interface FolderOptions {
  /** Whose each image is: its `name`, where absent, or the `folder` that it lies in. */
  readonly ids?: 'name' | 'folder' | undefined;
}

/** All picture files below a folder, in no order. Throws InputError FILE_UNREADABLE. */
export async function* imagesBelow(folder: string, options: FolderOptions = {}): AsyncGenerator<QueuedImage> {
  const entries = await opendir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    const found = `${folder}: cannot be read (${cause.code})`;
    throw new InputError('FILE_UNREADABLE', `${found}; a folder of images is needed.`, { cause });
  });
  for await (const entry of entries) {
    if (entry.isDirectory() || !isPictureName(entry.name)) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    yield { id: options.ids === 'folder' ? basename(dirname(path)) : basename(path, extname(path)), path };
  }
}
