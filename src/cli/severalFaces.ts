/** What commands say of pictures with several faces, of which one was taken. */
import type { FaceChoice } from '../face/chooseFace.js';

/** Part of an entry: how many faces a picture has, where there are more than one. */
export interface SeveralFaces {
  readonly faces?: number | undefined;
}

/** The count for an entry of a document. */
export function countSeveral(faces = 1): SeveralFaces {
  return faces > 1 ? { faces } : {};
}

/** The end of a line about a picture: which of its faces was taken, and how to choose where nobody did. */
export function explainSeveral({ faces = 1 }: SeveralFaces, face: FaceChoice | undefined): string {
  if (faces <= 1) return '';
  return `; the ${face ?? 'largest'} of ${faces} faces${face === undefined ? ', choose with --face' : ''}`;
}
