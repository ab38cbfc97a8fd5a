/** Many photographs to embeddings: crops are collected, embedded several at a time, and given in order. */
import { MobileFaceNetError } from '../errors.js';
import type { Photo } from '../files/pictures.js';
import type { EmbeddedFace } from './comparer.js';
import type { FaceCrop } from './cropFaces.js';

/** Photographs one after another: a list, a generator, a stream of files. Each is taken when its turn comes. */
export type Photos = Iterable<Photo | PromiseLike<Photo>> | AsyncIterable<Photo>;

/** What became of one photograph: its face, or why there is none. */
export type EmbedOutcome =
  | { readonly index: number; readonly face: EmbeddedFace; readonly error?: undefined }
  | { readonly index: number; readonly error: MobileFaceNetError; readonly face?: undefined };

/** Photographs that are embedded in one run; more are hardly faster, and their outcomes come later. */
export const PHOTOS_A_RUN = 8;

/** A turn of the event loop, so that timers and signals are heard between photographs. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** The value or the typed error of some work; any other error is thrown. */
export async function valueOrError<T>(work: Promise<T>): Promise<T | MobileFaceNetError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof MobileFaceNetError) return error;
    throw error;
  }
}

/** The outcome of a photograph. */
export function outcomeOf(index: number, result: EmbeddedFace | MobileFaceNetError): EmbedOutcome {
  return result instanceof MobileFaceNetError ? { index, error: result } : { index, face: result };
}

/** The faces of crops, all in one run; where one of them cannot be embedded, each by itself. */
async function embedEach(
  crops: readonly FaceCrop[],
  embed: (crops: readonly FaceCrop[]) => EmbeddedFace[],
): Promise<(EmbeddedFace | MobileFaceNetError)[]> {
  const together = await valueOrError((async () => embed(crops))());
  if (!(together instanceof MobileFaceNetError)) return together;
  return Promise.all(crops.map((crop) => valueOrError((async () => embed([crop])[0]!)())));
}

/** Embeds what `crop` makes of each photograph. Ending the loop over it asks its source for no more. */
export async function* embedInBatches(
  photos: Photos,
  crop: (photo: Photo, name: string) => Promise<FaceCrop>,
  embed: (crops: readonly FaceCrop[]) => EmbeddedFace[],
  signal: AbortSignal | undefined,
): AsyncGenerator<EmbedOutcome, void> {
  let index = 0;
  let batch: (FaceCrop | MobileFaceNetError)[] = [];
  const finish = async (): Promise<EmbedOutcome[]> => {
    const crops = batch.filter((result): result is FaceCrop => !(result instanceof MobileFaceNetError));
    const faces = await embedEach(crops, embed);
    const results = batch.map((result) => (result instanceof MobileFaceNetError ? result : faces.shift()!));
    batch = [];
    return results.map((result) => outcomeOf(index++, result));
  };
  signal?.throwIfAborted();
  for await (const photo of photos) {
    batch.push(await valueOrError(crop(photo, `photo ${index + batch.length}`)));
    if (batch.length === PHOTOS_A_RUN) yield* await finish();
    await nextTurn();
    signal?.throwIfAborted();
  }
  yield* await finish();
}
