/** Packages that only some users install: imported when they are first needed, with a clear error where they are not there. */
import { UnavailableError } from '../errors.js';

/**
 * Imports a peer; the caller says in `T` what is used of it, and `companions` are what the peer itself needs installed.
 * Throws UnavailableError MISSING_PEER.
 */
export async function loadPeer<T>(name: string, user: string, companions: readonly string[] = []): Promise<T> {
  try {
    return (await import(name)) as T;
  } catch (cause) {
    const advice = `install it beside this package: npm install ${[name, ...companions].join(' ')}`;
    throw new UnavailableError(
      'MISSING_PEER',
      `${user} needs the package "${name}", which is not installed; ${advice}.`,
      {
        cause,
      },
    );
  }
}
