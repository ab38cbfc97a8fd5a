/** Errors as sentences for visitors. */

/** By the library's code or the browser's error name. Others keep their message, which is a sentence already. */
const SENTENCES: Readonly<Record<string, string>> = {
  NO_FACE: 'No face was found. A clear face seen from the front is needed, not too small in the picture.',
  NOT_AN_IMAGE: 'This file is no picture that can be read here. JPEG, PNG, WebP, AVIF, GIF and BMP files work.',
  CORRUPT_IMAGE: 'This picture file is damaged and cannot be read.',
  TRUNCATED_IMAGE: 'This picture file is incomplete: its end is missing.',
  TOO_MANY_PIXELS: 'This picture is too large: at most 100 million pixels are read.',
  FACE_OUTSIDE: 'The face is cut off by the edge of the picture.',
  NO_SIMD: 'This browser is too old: it has no WebAssembly SIMD, which the engine needs.',
  NO_SHARED_MEMORY: 'This browser has no shared WebAssembly memory, which the engine needs.',
  WASM_FORBIDDEN: 'This browser forbids WebAssembly here, so the engine cannot start.',
  OUT_OF_MEMORY: 'The browser has not enough memory for this.',
  NO_EMBEDDER: 'This model turns no face into an embedding, so it cannot be used here.',
  NO_DETECTOR: 'These files are no face detector: it has three networks, the P-Net, R-Net and O-Net of MTCNN.',
  CARD_DETECTOR: 'The file does not say how its detector is to be used.',
  CARD_INPUT: 'The file does not say how pixels become the input of the model. Its input must be one picture.',
  NotAllowedError: 'The camera was not allowed. Allow it in the browser’s address bar, or choose a file.',
  NotFoundError: 'No camera was found. Choose a file instead.',
  NotReadableError: 'The camera is in use by another program. Close that, or choose a file.',
  NoCamera: 'This browser offers no camera to this page. Choose a file instead.',
  QuotaExceededError: 'The browser’s storage is full; nothing was saved.',
};

function capitalised(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** One sentence or two about an error. */
export function sentenceFor(error: unknown): string {
  if (!(error instanceof Error)) return capitalised(String(error));
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return SENTENCES[code] ?? capitalised(error.message);
}
