/** The JPEG decoder mozjpeg as WebAssembly, wherever its module comes from. */
import { RuntimeError } from '../errors.js';

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
  /** The glue asks for the module's address even where it is not to fetch it. */
  readonly locateFile: (name: string) => string;
  readonly instantiateWasm: (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) => object;
}

type CreateDecoder = (options: MozJpegOptions) => Promise<MozJpeg>;

/** Loaded with the first JPEG: who embeds raw pixels never pays for it. */
async function loadDecoder(): Promise<CreateDecoder> {
  const { default: createMozJpeg } = await import('@jsquash/jpeg/codec/dec/mozjpeg_dec.js');
  return createMozJpeg as unknown as CreateDecoder;
}

interface StartedDecoder {
  readonly module: MozJpeg;
  readonly warnings: string[];
}

async function startDecoder(compiled: Promise<WebAssembly.Module>): Promise<StartedDecoder> {
  const [createDecoder, module] = await Promise.all([loadDecoder(), compiled]);
  const warnings: string[] = [];
  return new Promise((resolve, reject) => {
    const options: MozJpegOptions = {
      noInitialRun: true,
      print: () => {},
      printErr: (line) => void warnings.push(line),
      locateFile: (name) => name,
      instantiateWasm(imports, receive) {
        WebAssembly.instantiate(module, imports)
          .then((instance) => withDecodedPixels(() => receive(instance)))
          .catch(reject);
        return {};
      },
    };
    withDecodedPixels(() => createDecoder(options)).then((started) => resolve({ module: started, warnings }), reject);
  });
}

/** A decoder that is started with the first file and started anew after large or damaged ones. */
export class MozJpegDecoder {
  readonly #compile: () => Promise<WebAssembly.Module>;
  #compiled: Promise<WebAssembly.Module> | undefined;
  #idle: Promise<StartedDecoder> | undefined;

  constructor(compile: () => Promise<WebAssembly.Module>) {
    this.#compile = compile;
  }

  /**
   * Decodes a JPEG file to RGBA, its orientation not applied. Gives the decoder's complaint in `warnings` where it gives
   * up. Throws RuntimeError DECODER_UNAVAILABLE where the decoder cannot be loaded.
   */
  async decode(bytes: Uint8Array): Promise<DecodedJpeg | { readonly warnings: readonly string[] }> {
    const decoder = await this.#start();
    decoder.warnings.length = 0;
    try {
      const pixels = withDecodedPixels(() => decoder.module.decode(bytes, false));
      if (!pixels || pixels.width * pixels.height > KEEP_PIXELS) this.#idle = undefined;
      const warnings = [...decoder.warnings];
      return pixels ? { data: pixels.data, width: pixels.width, height: pixels.height, warnings } : { warnings };
    } catch (cause) {
      this.#idle = undefined;
      return { warnings: [...decoder.warnings, `decoder stopped: ${cause instanceof Error ? cause.message : cause}`] };
    }
  }

  async #start(): Promise<StartedDecoder> {
    try {
      this.#compiled ??= this.#compile();
      this.#idle ??= startDecoder(this.#compiled);
      return await this.#idle;
    } catch (cause) {
      this.#compiled = undefined;
      this.#idle = undefined;
      throw new RuntimeError('DECODER_UNAVAILABLE', 'the JPEG decoder of @jsquash/jpeg could not be started.', {
        cause,
      });
    }
  }
}
