/** What the comparison with other engines gives: `npm run bench:peers -- --json`. */

/** One engine on one number of threads. */
export interface PeerRow {
  /** With ` plain` this engine without relaxed SIMD, with ` wide` an engine whose vectors V8 joins in pairs, with ` int8` this one in int8. */
  readonly engine: string;
  readonly version: string;
  readonly threads: number;
  readonly medianMs: number;
  /** This engine's time in float32 divided by this one's, on as many threads and with the same option of V8: the median of rounds. */
  readonly ratio: number;
  /** Between the two engines' outputs, relative to the largest output. */
  readonly maxDifference: number;
  /** From the start of a fresh process to its first output, weights read from disk. */
  readonly startMs: number;
  /** Largest resident memory of that process. */
  readonly peakMb: number;
}

/** What `npm run bench:peers -- --json` prints. */
export interface PeersDocument {
  readonly node: string;
  readonly rounds: number;
  readonly rows: readonly PeerRow[];
}
