/** Decoders that are C libraries as WebAssembly files without glue: started with the first picture, kept while small. */
import { MobileFaceNetError, UnavailableError } from '../errors.js';

/** Bytes of memory above which a decoder is not kept for the next picture: WebAssembly memory never shrinks. */
const KEEP_BYTES = 2 ** 25;

/** What every decoder exports. */
export interface DecoderExports {
  readonly memory: WebAssembly.Memory;
  /** The address of so many bytes; 0 where there is no more memory. */
  malloc(bytes: number): number;
  free(address: number): void;
}

/** Thrown out of a decoder where it would jump back to its caller or leave the program: it cannot be used any more. */
class DecoderStopped extends Error {}

function stop(): never {
  throw new DecoderStopped();
}

/** Decoders never write or read a file; one asks for the environment once. */
const IMPORTS = {
  env: { setjmp: () => 0, longjmp: stop },
  wasi_snapshot_preview1: {
    environ_sizes_get: () => 0,
    environ_get: stop,
    proc_exit: stop,
    fd_close: stop,
    fd_seek: stop,
    fd_write: stop,
  },
};

/** Memory of a decoder. Throws UnavailableError OUT_OF_MEMORY. */
export function allocate(decoder: DecoderExports, bytes: number): number {
  const address = decoder.malloc(bytes);
  if (address !== 0) return address;
  const megabytes = Math.ceil(bytes / 2 ** 20);
  throw new UnavailableError('OUT_OF_MEMORY', `a decoder needs ${megabytes} MB more than this runtime gives it.`);
}

/** A decoder that is started with the first picture and started anew after large or damaged ones. */
export class WasmDecoder<Exports extends DecoderExports> {
  readonly #name: string;
  readonly #compile: () => Promise<WebAssembly.Module>;
  #compiled: Promise<WebAssembly.Module> | undefined;
  #idle: Exports | undefined;

  /** `name` is what it decodes, for messages. */
  constructor(name: string, compile: () => Promise<WebAssembly.Module>) {
    this.#name = name;
    this.#compile = compile;
  }

  /**
   * What `action` gives, which is `undefined` where the decoder refuses; so it is where the decoder stops.
   * Throws UnavailableError DECODER_UNAVAILABLE where it cannot be loaded, OUT_OF_MEMORY as `allocate` does.
   */
  async run<Result>(action: (decoder: Exports) => Result | undefined): Promise<Result | undefined> {
    const decoder = this.#idle ?? (await this.#start());
    this.#idle = undefined;
    try {
      const result = action(decoder);
      if (result !== undefined && decoder.memory.buffer.byteLength <= KEEP_BYTES) this.#idle = decoder;
      return result;
    } catch (cause) {
      if (cause instanceof DecoderStopped || cause instanceof WebAssembly.RuntimeError) return undefined;
      throw cause;
    }
  }

  async #start(): Promise<Exports> {
    try {
      this.#compiled ??= this.#compile();
      const instance = await WebAssembly.instantiate(await this.#compiled, IMPORTS);
      return instance.exports as unknown as Exports;
    } catch (cause) {
      this.#compiled = undefined;
      if (cause instanceof MobileFaceNetError) throw cause;
      throw new UnavailableError('DECODER_UNAVAILABLE', `the ${this.#name} decoder could not be started.`, { cause });
    }
  }
}
