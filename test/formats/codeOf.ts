/** The code of the error that an action ends with, so that tests compare codes and never messages. */
import { MobileFaceNetError } from '../../src/errors.js';

/** Runs an action and returns its error's code, or `accepted`; errors of other kinds are passed on. */
export async function codeOf(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof MobileFaceNetError) return error.code;
    throw error;
  }
  return 'accepted';
}
