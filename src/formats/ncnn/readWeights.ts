/** ncnn's `.bin`: weights one after another in the order of the layers, with no names and no lengths. */
import { ModelError } from '../../errors.js';
import { LEAST_SCALE, MOST_SCALE } from '../../ops/quantise.js';
import { widenBfloat16, widenFloat16 } from '../../tensor/float16.js';
import { describeLayer, type ParamLayer } from './parseParam.js';

/** What stands before a layer's main weights and says how they are stored. */
const TAGS = { float32: 0x00000000, float16: 0x01306b47, bfloat16: 0x01348b83, int8: 0x000d4b38 } as const;
const TAG_BYTES = 4;

function align4(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/** Main weights of a layer that computes with int8. */
export interface StoredWeights {
  readonly data: Float32Array;
  /** Whether they are whole numbers already. */
  readonly isWhole: boolean;
}

/** Where the weights of layers come from, in the order in which the layers ask for them. `what` names them. */
export interface LayerWeights {
  /** Biases, slopes, statistics. */
  plain(count: number, layer: ParamLayer, what: string): Float32Array;
  /** A layer's main weights. */
  tagged(count: number, layer: ParamLayer, what: string): Float32Array;
  /** The main weights of a layer that computes with int8: whole numbers, or what is still to be rounded. */
  quantised(count: number, layer: ParamLayer, what: string): StoredWeights;
  /** Scales, numbers above 0; where `zeroes` says so, 0 stands for a channel that counts nothing. */
  scales(count: number, layer: ParamLayer, what: string, zeroes?: boolean): Float32Array;
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
    const { data, isWhole } = this.quantised(count, layer, what);
    if (!isWhole) return data;
    const place = this.#offset - align4(count) - TAG_BYTES;
    throw new ModelError(
      'UNSUPPORTED_WEIGHTS',
      `${this.#file}, byte ${place}: the ${what} of ${describeLayer(layer)} are int8; ` +
        'they are accepted in layers with an int8_scale_term.',
    );
  }

  /**
   * `count` values after their tag, int8 too. Throws ModelError WEIGHTS_TRUNCATED, or UNSUPPORTED_WEIGHTS for 256-entry
   * tables and for elements of −128, which no ncnn file has.
   */
  quantised(count: number, layer: ParamLayer, what: string): StoredWeights {
    const tagBytes = this.#take(TAG_BYTES, layer, `the tag of ${what}`);
    const tag = new DataView(tagBytes.buffer).getUint32(0, true);
    if (tag === TAGS.float32) return { data: this.plain(count, layer, what), isWhole: false };
    if (tag === TAGS.float16 || tag === TAGS.bfloat16) {
      const halves = new Uint16Array(this.#take(align4(count * 2), layer, what).buffer, 0, count);
      return { data: tag === TAGS.float16 ? widenFloat16(halves) : widenBfloat16(halves), isWhole: false };
    }
    if (tag === TAGS.int8) return { data: this.#int8(count, layer, what), isWhole: true };
    const hexadecimal = `0x${tag.toString(16).padStart(8, '0')}`;
    const kind = 'a 256-entry quantisation table, or a file that does not belong to this .param';
    throw new ModelError(
      'UNSUPPORTED_WEIGHTS',
      `${this.#file}, byte ${this.#offset - TAG_BYTES}: the ${what} of ${describeLayer(layer)} have tag ${hexadecimal}, ` +
        `which means ${kind}; float32, float16, bfloat16 and int8 are supported.`,
    );
  }

  /** `count` float32 scales. Throws ModelError WEIGHTS_TRUNCATED, and BAD_SCALE for what is no scale. */
  scales(count: number, layer: ParamLayer, what: string, zeroes = false): Float32Array {
    const place = this.#offset;
    const scales = this.plain(count, layer, what);
    const fits = (scale: number) => (zeroes && scale === 0) || (scale >= LEAST_SCALE && scale <= MOST_SCALE);
    const index = scales.findIndex((scale) => !fits(scale));
    if (index < 0) return scales;
    const accepted = `${LEAST_SCALE} to ${MOST_SCALE}${zeroes ? ', and 0 for a channel that counts nothing' : ''}`;
    throw new ModelError(
      'BAD_SCALE',
      `${this.#file}, byte ${place + 4 * index}: element ${index} of the ${what} of ${describeLayer(layer)} is ` +
        `${scales[index]}; accepted are ${accepted}.`,
    );
  }

  #int8(count: number, layer: ParamLayer, what: string): Float32Array {
    const place = this.#offset;
    const whole = new Int8Array(this.#take(align4(count), layer, what).buffer, 0, count);
    const index = whole.indexOf(-128);
    if (index < 0) return Float32Array.from(whole);
    throw new ModelError(
      'UNSUPPORTED_WEIGHTS',
      `${this.#file}, byte ${place + index}: element ${index} of the ${what} of ${describeLayer(layer)} is −128; ` +
        'int8 weights are −127 to 127.',
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
