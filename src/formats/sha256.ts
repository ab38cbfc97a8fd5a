/** SHA-256 in hexadecimal: by Node's own digest where there is one, which copies nothing, else by Web Crypto. */
import { builtin } from '../builtin.js';

/** The digest of some bytes; a view of shared memory must be copied first. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const crypto = builtin('crypto');
  if (crypto) return crypto.createHash('sha256').update(bytes).digest('hex');
  const digest = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
