/** `mobilefacenet/queue`: pictures by the million, embedded and enrolled by workers through a queue in Redis (bullmq). */
export {
  type Cancellable,
  type DetectedFaces,
  type DetectTaskOptions,
  type EmbedTaskOptions,
  FacePool,
  type FacePoolOptions,
} from '../faces/index.js';
export { type FolderOptions, imagesBelow } from './folder.js';
export {
  type AddOptions,
  type FailedImage,
  ImageQueue,
  type ImageQueueOptions,
  type QueueCounts,
} from './imageQueue.js';
export type { QueuedImage } from './job.js';
export { type ImageFailure, ImageWorker, type ImageWorkerOptions, type WorkerCounts } from './worker.js';
