/** The errors that this package throws: one sentence, a stable code, and the cause where there is one. */
import type { ErrorCode } from './errorCodes.js';

export type { ErrorCode };

/** Characters that would break a line, move a terminal's cursor or turn a text's direction. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text as one line that shows every character: what a name from outside becomes where it is printed. */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (found) => ESCAPES[found] ?? `\\u${found.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}

/**
 * Base of all errors of this package.
 * `message` is one sentence on one line: where, what was found, what is accepted. `code` is stable across releases; match
 * on it. Work that its signal ends rejects with the signal's reason instead.
 */
export class MobileFaceNetError extends Error {
  override name = 'MobileFaceNetError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(printable(message), options);
    this.code = code;
  }

  override toString(): string {
    return `${this.name} ${this.code}: ${this.message}`;
  }
}

/** A model file, graph or card that cannot be used as it is. */
export class ModelError extends MobileFaceNetError {
  override name = 'ModelError';
}

/** A tensor or image whose shape is not the one that the graph accepts. */
export class ShapeError extends MobileFaceNetError {
  override name = 'ShapeError';
}

/** An image that cannot be decoded or used. */
export class ImageError extends MobileFaceNetError {
  override name = 'ImageError';
}

/** Other input that cannot be used: pair lists, thresholds, command-line arguments. */
export class InputError extends MobileFaceNetError {
  override name = 'InputError';
}

/** It cannot be done here or now: no SIMD, out of memory, disposed, a server that does not answer. */
export class UnavailableError extends MobileFaceNetError {
  override name = 'UnavailableError';
}
