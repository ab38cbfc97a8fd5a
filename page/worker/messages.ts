/** What the page and its workers say to each other. */
import type {
  Build,
  Face,
  FaceEmbedding,
  FaceQuality,
  GalleryMatch,
  Graph,
  ImportOptions,
  ModelCard,
  ModelFile,
} from '../../src/index.js';
import type { Precision } from '../ownWeights.js';

/** An error on its way between threads. */
export interface Problem {
  /** The library's stable code, or the name of a browser's error. */
  readonly code: string;
  readonly message: string;
}

export interface LoadRequest {
  /** Which of this page's embedders is used where there are no files. */
  readonly precision: Precision;
  /** The embedder's files; this page's own where absent. */
  readonly files?: readonly ModelFile[] | undefined;
  readonly options?: ImportOptions | undefined;
  /** The detector's files; those of this page where absent. */
  readonly detectorFiles?: readonly ModelFile[] | undefined;
  readonly threads: number;
}

/** The weights in use and the engine they run on. */
export interface LoadedModel {
  readonly card: ModelCard;
  /** SHA-256, which names the embeddings. */
  readonly weights: string;
  /** What the detector is called. */
  readonly detector: string;
  readonly build: Build;
  /** Threads that share a run. */
  readonly threads: number;
  /** What works less well than asked for, in sentences. */
  readonly warnings: readonly string[];
}

export interface AnalyseRequest {
  readonly picture: Blob;
  /** Which of the faces, counted from the largest; the largest where absent. */
  readonly face?: number | undefined;
}

/** Durations of one picture's steps in milliseconds. */
export interface Timings {
  readonly decodeMs: number;
  readonly detectMs: number;
  readonly alignMs: number;
  readonly embedMs: number;
}

/** What was found in a picture. */
export interface Analysis {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** The largest first; empty for an aligned crop, which no detector sees. */
  readonly faces: readonly Face[];
  /** The face that was embedded, by its place in `faces`. */
  readonly chosen: number;
  /** The aligned crop as a PNG file. */
  readonly crop: Blob;
  readonly quality: FaceQuality;
  readonly embedding: FaceEmbedding;
  readonly timings: Timings;
}

/** A known face, as a search sees it. */
export interface EnrolledFace {
  readonly id: string;
  readonly embedding: Float32Array;
  readonly weights: string;
}

export interface SearchRequest {
  readonly face: FaceEmbedding;
  readonly enrolled: readonly EnrolledFace[];
}

export interface SearchAnswer {
  readonly matches: readonly GalleryMatch[];
  readonly elapsedMs: number;
}

/** Requests of the worker that looks at faces, with their answers. */
export interface FaceCalls {
  readonly load: { readonly request: LoadRequest; readonly answer: LoadedModel };
  readonly analyse: { readonly request: AnalyseRequest; readonly answer: Analysis };
  readonly search: { readonly request: SearchRequest; readonly answer: SearchAnswer };
}

export interface BenchmarkRequest {
  readonly threads: number;
}

/** One network of Table 2. */
export interface BenchmarkRow {
  readonly network: string;
  /** Height × width. */
  readonly input: string;
  readonly parameters: number;
  /** Multiply-adds of one image. */
  readonly madds: number;
  /** Median of one image in float32 so far, in milliseconds; absent before the first. */
  readonly medianMs?: number;
  /** Median of one image in int8 so far, in milliseconds; absent before the first. */
  readonly int8Ms?: number;
  readonly paperMs: number;
}

export interface BenchmarkAnswer {
  readonly rows: readonly BenchmarkRow[];
  readonly threads: number;
}

/** Requests of the worker that runs the benchmark. */
export interface BenchmarkCalls {
  readonly run: { readonly request: BenchmarkRequest; readonly answer: BenchmarkAnswer };
}

export interface PrepareRequest {
  /** The network's place in Table 2. */
  readonly row: number;
}

/** A network with random weights. */
export interface PreparedNetwork {
  readonly float32: Graph;
  readonly int8: Graph;
}

/** Requests of the workers that prepare networks for the benchmark. */
export interface NetworkCalls {
  readonly prepare: { readonly request: PrepareRequest; readonly answer: PreparedNetwork };
}

/** How far something is: bytes of a download, or runs of a benchmark, whose rows so far come along. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly rows?: readonly BenchmarkRow[];
}

/** A call as it is posted. */
export interface CallMessage {
  readonly id: number;
  readonly kind: string;
  readonly request: unknown;
}

/** What is posted back: progress any number of times, then an answer or a problem. */
export type ReplyMessage =
  | { readonly id: number; readonly progress: Progress }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly problem: Problem };
