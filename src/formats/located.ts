/** Errors of graphs, repeated with the place in the file that the graph came from. */
import { MobileFaceNetError, ModelError, ShapeError } from '../errors.js';

/** The same error with `where` in front; errors of other kinds come back as they are. */
export function located(error: unknown, where: string): unknown {
  if (!(error instanceof MobileFaceNetError)) return error;
  const Kind = error instanceof ShapeError ? ShapeError : ModelError;
  return new Kind(error.code, `${where}: ${error.message}`, { cause: error });
}
