/** libavif and an AV1 decoder, of the package @jsquash/avif: a megabyte, so that who wants it installs it. */
import { builtin } from '../builtin.js';
import { UnavailableError } from '../errors.js';

const DECODER = '@jsquash/avif/codec/dec/avif_dec';

/** What the decoder gives. */
interface Pixels {
  /** RGBA. */
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

type CreateDecoder = (options: object) => Promise<{ decode(bytes: Uint8Array, bits: 8): Pixels | null }>;

/** Takes the place of the browser's ImageData, which the decoder constructs its answer with. */
class DecodedPixels implements Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;

  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}

/** Runs `action` with our class as the global ImageData, and puts back what was there. */
function withDecodedPixels<T>(action: () => T): T {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'ImageData');
  Object.defineProperty(globalThis, 'ImageData', { value: DecodedPixels, configurable: true, writable: true });
  try {
    return action();
  } finally {
    if (before) Object.defineProperty(globalThis, 'ImageData', before);
    else Reflect.deleteProperty(globalThis, 'ImageData');
  }
}

async function startDecoder(): ReturnType<CreateDecoder> {
  const { resolve } = builtin('module')!.createRequire(import.meta.url);
  // Found when it runs: bundlers refuse a package that need not be there.
  const script = builtin('url')!.pathToFileURL(resolve(`${DECODER}.js`)).href;
  const { default: create } = await import(/* webpackIgnore: true */ /* @vite-ignore */ script);
  const module = await WebAssembly.compile(await builtin('fs/promises')!.readFile(resolve(`${DECODER}.wasm`)));
  const instantiateWasm = (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) => {
    WebAssembly.instantiate(module, imports).then((instance) => withDecodedPixels(() => receive(instance)));
    return {};
  };
  const silent = () => {};
  const options = {
    noInitialRun: true,
    print: silent,
    printErr: silent,
    locateFile: (name: string) => name,
    instantiateWasm,
  };
  return withDecodedPixels(() => (create as CreateDecoder)(options));
}

/**
 * The pixels of an AVIF file; `undefined` where the decoder refuses it. A decoder is started for each file, so that its
 * memory goes with it. Throws UnavailableError DECODER_UNAVAILABLE where the package is not installed.
 */
export async function runAvif(bytes: Uint8Array): Promise<Pixels | undefined> {
  const decoder = await startDecoder().catch((cause) => {
    const way = 'npm install @jsquash/avif adds one, and JPEG, PNG and WebP need none';
    throw new UnavailableError('DECODER_UNAVAILABLE', `AVIF files need a decoder that is not here: ${way}.`, { cause });
  });
  try {
    return withDecodedPixels(() => decoder.decode(bytes, 8)) ?? undefined;
  } catch {
    return undefined;
  }
}
