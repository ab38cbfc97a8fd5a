/** The JPEG decoder: mozjpeg as WebAssembly, started where there is a file system and where there is none. */
import { RuntimeError } from '../errors.js';

const JPEG_WASM = '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm';

/** Pixels above which a decoder is not kept for the next image: WebAssembly memory never shrinks. */
const KEEP_PIXELS = 2 ** 22;

/** What the JPEG decoder answers: RGBA pixels, and what it complained about meanwhile. */
export interface DecodedJpeg {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly warnings: readonly string[];
}

/** Takes the place of the browser's ImageData, which the decoder constructs its answer with. */
class DecodedPixels {
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

/** The decoder's module, of which its own types say nothing usable. */
interface MozJpeg {
  decode(bytes: Uint8Array, applyOrientation: boolean): DecodedPixels | null;
}

interface MozJpegOptions {
  readonly noInitialRun: boolean;
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
  readonly instantiateWasm?: (
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance) => void,
  ) => object;
}

type CreateDecoder = (options: MozJpegOptions) => Promise<MozJpeg>;

/** Loaded with the first JPEG: who embeds raw pixels never pays for it. */
async function loadDecoder(): Promise<CreateDecoder> {
  const { default: createMozJpeg } = await import('@jsquash/jpeg/codec/dec/mozjpeg_dec.js');
  return createMozJpeg as unknown as CreateDecoder;
}

interface JpegDecoder {
  readonly module: MozJpeg;
  readonly warnings: string[];
}

/** Compiles the decoder from the installed package where there is a file system; elsewhere it fetches itself. */
async function compileFromDisk(): Promise<WebAssembly.Module | undefined> {
  const builtin = globalThis.process?.getBuiltinModule;
  if (!builtin) return undefined;
  const { createRequire } = builtin('node:module');
  const { readFile } = builtin('node:fs/promises');
  return WebAssembly.compile(await readFile(createRequire(import.meta.url).resolve(JPEG_WASM)));
}

async function startJpegDecoder(compiled: Promise<WebAssembly.Module | undefined>): Promise<JpegDecoder> {
  const [createDecoder, compiledModule] = await Promise.all([loadDecoder(), compiled]);
  const warnings: string[] = [];
  return new Promise((resolve, reject) => {
    const options: MozJpegOptions = {
      noInitialRun: true,
      print: () => {},
      printErr: (line) => void warnings.push(line),
      ...(compiledModule && {
        instantiateWasm(imports, receive) {
          WebAssembly.instantiate(compiledModule, imports)
            .then((instance) => withDecodedPixels(() => receive(instance)))
            .catch(reject);
          return {};
        },
      }),
    };
    withDecodedPixels(() => createDecoder(options)).then((module) => resolve({ module, warnings }), reject);
  });
}

let compiledJpeg: Promise<WebAssembly.Module | undefined> | undefined;
let idleDecoder: Promise<JpegDecoder> | undefined;

async function jpegDecoder(): Promise<JpegDecoder> {
  try {
    compiledJpeg ??= compileFromDisk();
    idleDecoder ??= startJpegDecoder(compiledJpeg);
    return await idleDecoder;
  } catch (cause) {
    compiledJpeg = undefined;
    idleDecoder = undefined;
    throw new RuntimeError('DECODER_UNAVAILABLE', `the JPEG decoder ${JPEG_WASM} could not be started.`, { cause });
  }
}

/**
 * Decodes a JPEG file to RGBA, its orientation not applied.
 * Returns undefined with the decoder's complaint in `warnings` where it gives up. Throws RuntimeError
 * DECODER_UNAVAILABLE where the decoder cannot be loaded.
 */
export async function runJpegDecoder(
  bytes: Uint8Array,
): Promise<DecodedJpeg | { readonly warnings: readonly string[] }> {
  const decoder = await jpegDecoder();
  decoder.warnings.length = 0;
  try {
    const pixels = withDecodedPixels(() => decoder.module.decode(bytes, false));
    if (!pixels || pixels.width * pixels.height > KEEP_PIXELS) idleDecoder = undefined;
    const warnings = [...decoder.warnings];
    return pixels ? { data: pixels.data, width: pixels.width, height: pixels.height, warnings } : { warnings };
  } catch (cause) {
    idleDecoder = undefined;
    return { warnings: [...decoder.warnings, `decoder stopped: ${cause instanceof Error ? cause.message : cause}`] };
  }
}
