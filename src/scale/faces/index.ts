/** Faces in threads of their own. */
export type { DetectedFaces, DetectTaskOptions, EmbedTaskOptions } from './messages.js';
export { type Cancellable, FacePool, type FacePoolOptions } from './pool.js';
