/** What cannot be measured: a sentence and a code, as the package's own errors. */

/** A benchmark that cannot run as it was asked for. */
export class BenchError extends Error {
  override name = 'BenchError';
  readonly code:
    | 'BAD_NETWORK'
    | 'BAD_SECTION'
    | 'NOT_WIDE'
    | 'NO_FILE'
    | 'NO_SECTION'
    | 'PEER_FAILED'
    | 'PEERS_DISAGREE';

  constructor(code: BenchError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
