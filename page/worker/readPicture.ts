/** Pixels of a picture: JPEG and PNG by the library, other formats by the browser where it knows them. */
import { decodeImage, type ImageSource } from '../../src/index.js';

async function decodeByBrowser(picture: Blob): Promise<ImageSource | undefined> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(picture);
  } catch {
    return undefined;
  }
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  context?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context?.getImageData(0, 0, width, height);
}

/** Throws what `decodeImage` throws, for formats that the browser does not know either. */
export async function readPicture(picture: Blob): Promise<ImageSource> {
  try {
    return await decodeImage(new Uint8Array(await picture.arrayBuffer()), 'the picture');
  } catch (error) {
    const isOther = error instanceof Error && 'code' in error && error.code === 'NOT_AN_IMAGE';
    const decoded = isOther ? await decodeByBrowser(picture) : undefined;
    if (!decoded) throw error;
    return decoded;
  }
}
