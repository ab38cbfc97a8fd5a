/** Bytes told by their brand, not by `instanceof`: those of another realm, a frame or a `vm` context, are bytes too. */

const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
const nameOf = Object.getOwnPropertyDescriptor(typedArray, Symbol.toStringTag)!.get!;

/** What kind of typed array a value is, such as `Uint8Array`, whatever realm it is from; undefined for all else. */
export function typedArrayName(value: unknown): string | undefined {
  return nameOf.call(value);
}

/** The class that a value says it is of, such as `Blob`. */
export function brandOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** The bytes of an ArrayBuffer, a typed array or a DataView, not copied; undefined for all else. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (typeof value !== 'object' || value === null || !/^(Shared)?ArrayBuffer$/.test(brandOf(value))) return undefined;
  try {
    return new Uint8Array(value as ArrayBuffer);
  } catch {
    return undefined;
  }
}
