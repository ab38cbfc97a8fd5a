/** The errors that this package throws: one sentence, a stable code, and the cause where there is one. */

/**
 * Base of all errors of this package.
 * `message` is one sentence: where, what was found, what is accepted. `code` is stable across releases; match on it.
 */
export class MobileFaceNetError extends Error {
  override name = 'MobileFaceNetError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
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

/** The engine cannot do this now: no SIMD, out of memory, disposed, aborted. */
export class RuntimeError extends MobileFaceNetError {
  override name = 'RuntimeError';
}
