/** Errors repeated with the name of the picture or file that they are about. */
import { MobileFaceNetError, printable } from '../errors.js';

/** The same error with a name in front, where it is not there yet; what is no error of this package comes back as it is. */
export function locatedIn(name: string, error: unknown): unknown {
  if (!(error instanceof MobileFaceNetError) || error.message.startsWith(printable(name))) return error;
  const Kind = error.constructor as new (
    ...args: ConstructorParameters<typeof MobileFaceNetError>
  ) => MobileFaceNetError;
  return new Kind(error.code, `${name}: ${error.message}`, { cause: error });
}
