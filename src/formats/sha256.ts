/** SHA-256 in hexadecimal, by the Web Crypto that every runtime has. */

/** The digest of some bytes; a view of shared memory must be copied first. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
