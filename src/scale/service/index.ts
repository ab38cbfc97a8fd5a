/** `mobilefacenet/service`: faces over HTTP (fastify), documented by the schemas that check what comes in. */
export {
  type Cancellable,
  type DetectedFaces,
  type DetectTaskOptions,
  type EmbedTaskOptions,
  FacePool,
  type FacePoolOptions,
} from '../faces/index.js';
export { type GalleryProvider, postgresGalleries } from './galleries.js';
export { createService, Service, type ServiceOptions } from './service.js';
