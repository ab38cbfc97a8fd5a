/** ncnn's `.bin`: weights one after another in the order of the layers, with no names and no lengths. */
import { ModelError } from '../../errors.js';
import { widenBfloat16, widenFloat16 } from '../../tensor/float16.js';
import { describeLayer, type ParamLayer } from './parseParam.js';

/** What stands before a layer's main weights and says how they are stored. */
const TAGS = { float32: 0x00000000, float16: 0x01306b47, bfloat16: 0x01348b83, int8: 0x000d4b38 } as const;
const TAG_BYTES = 4;

function align4(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/** Where the weights of layers come from, in the order in which the layers ask for them. `what` names them. */
export interface LayerWeights {
  /** Biases, slopes, statistics. */
  plain(count: number, layer: ParamLayer, what: string): Float32Array;
  /** A layer's main weights. */
  tagged(count: number, layer: ParamLayer, what: string): Float32Array;
  /** Says that no layer follows. */
  end(): void;
}

/** Reads the weights in order; each claim is checked against the bytes left before anything is allocated for it. */
export class WeightReader implements LayerWeights {
  readonly #bytes: Uint8Array;
  readonly #file: string;
  #offset = 0;

  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes;
    this.#file = file;
  }

  /** `count` float32 values without a tag: biases, slopes, statistics. Throws ModelError WEIGHTS_TRUNCATED. */
  plain(count: number, layer: ParamLayer, what: string): Float32Array {
    return new Float32Array(this.#take(count * 4, layer, what).buffer);
  }

  /**
   * `count` values after a tag that says how they are stored; float16 and bfloat16 are widened.
   * Throws ModelError WEIGHTS_TRUNCATED, or UNSUPPORTED_WEIGHTS for int8 and for 256-entry tables.
   */
  tagged(count: number, layer: ParamLayer, what: string): Float32Array {
    const tagBytes = this.#take(TAG_BYTES, layer, `the tag of ${what}`);
    const tag = new DataView(tagBytes.buffer).getUint32(0, true);
    if (tag === TAGS.float32) return this.plain(count, layer, what);
    if (tag === TAGS.float16 || tag === TAGS.bfloat16) {
      const halves = new Uint16Array(this.#take(align4(count * 2), layer, what).buffer, 0, count);
      return tag === TAGS.float16 ? widenFloat16(halves) : widenBfloat16(halves);
    }
    const hexadecimal = `0x${tag.toString(16).padStart(8, '0')}`;
    const kind =
      tag === TAGS.int8 ? 'int8' : 'a 256-entry quantisation table, or a file that does not belong to this .param';
    throw new ModelError(
      'UNSUPPORTED_WEIGHTS',
      `${this.#file}, byte ${this.#offset - TAG_BYTES}: the ${what} of ${describeLayer(layer)} have tag ${hexadecimal}, ` +
        `which means ${kind}; float32, float16 and bfloat16 are supported.`,
    );
  }

  /** Checks that every byte was read. Throws ModelError WEIGHTS_LEFT_OVER. */
  end(): void {
    const left = this.#bytes.length - this.#offset;
    if (left === 0) return;
    throw new ModelError(
      'WEIGHTS_LEFT_OVER',
      `${this.#file}: ${left} of ${this.#bytes.length} bytes belong to no layer; the file does not fit its .param.`,
    );
  }

  #take(bytes: number, layer: ParamLayer, what: string): Uint8Array<ArrayBuffer> {
    const left = this.#bytes.length - this.#offset;
    if (bytes > left) {
      throw new ModelError(
        'WEIGHTS_TRUNCATED',
        `${this.#file}, byte ${this.#offset}: the ${what} of ${describeLayer(layer)} take ${bytes} bytes, ${left} are left.`,
      );
    }
    const taken = new Uint8Array(bytes);
    taken.set(this.#bytes.subarray(this.#offset, this.#offset + bytes));
    this.#offset += bytes;
    return taken;
  }
}
