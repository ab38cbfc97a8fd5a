/** Errors as answers: a status, a stable code, and one sentence that names nothing of the inside. */
import { type ErrorCode, ImageError, InputError, MobileFaceNetError, ShapeError } from '../../errors.js';

/** A failure as it is sent. */
export interface Failure {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
}

/** An error of the service itself. */
export class ServiceError extends MobileFaceNetError {
  override name = 'ServiceError';
  readonly status: number;

  constructor(status: number, code: ErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.status = status;
  }
}

/** Statuses of codes; other errors of what was sent are 422, all else is 500. */
const STATUSES: Readonly<Partial<Record<ErrorCode, number>>> = {
  BAD_ID: 400,
  BAD_NAME: 400,
  BAD_OPTION: 400,
  BAD_TOP: 400,
  DATABASE: 503,
  DISPOSED: 503,
  NO_GALLERY: 404,
  NOT_AN_IMAGE: 415,
  OTHER_WEIGHTS: 409,
  THREAD_ENDED: 503,
  TOO_MANY_PIXELS: 413,
  UNSUPPORTED_IMAGE: 415,
};

/** Fastify's own codes by ours, each with what is accepted. */
const OF_FASTIFY: Readonly<Record<string, readonly [number, ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'BODY_TOO_LARGE', 'the body is too large; send a smaller picture.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    'MEDIA_TYPE',
    'the content type is not accepted; send application/json, image/jpeg or image/png.',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'BAD_JSON', 'the body is no JSON; an object as in /openapi.json is needed.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'BAD_JSON', 'the body is empty; an object as in /openapi.json is needed.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'BAD_LENGTH', 'the body has another length than its header says.'],
};

/** What an error is to the caller. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof ServiceError) return { status: error.status, code: error.code, message: error.message };
  if (error instanceof MobileFaceNetError) {
    const isOfInput = error instanceof ImageError || error instanceof InputError || error instanceof ShapeError;
    const status = STATUSES[error.code] ?? (isOfInput ? 422 : 500);
    const message = status === 503 ? 'this is not available now; try again later.' : error.message;
    return status === 500 ? internal() : { status, code: error.code, message };
  }
  const {
    code = '',
    statusCode,
    validation,
    message,
  } = error as Error & {
    code?: string;
    statusCode?: number;
    validation?: unknown;
  };
  const known = OF_FASTIFY[code];
  if (known) return { status: known[0], code: known[1], message: known[2] };
  if (validation) return { status: 400, code: 'BAD_REQUEST', message: `${message}; see /openapi.json.` };
  if (statusCode && statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, code: 'BAD_REQUEST', message: 'the request cannot be read; see /openapi.json.' };
  }
  return internal();
}

function internal(): Failure {
  return { status: 500, code: 'INTERNAL', message: 'something unexpected happened; the log says more.' };
}
