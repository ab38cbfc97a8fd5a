/** The entry `mobilefacenet/face`: from pictures to decisions, with nothing of what networks are made of. */
export { Engine, type EngineOptions } from '../engine.js';
export {
  type ErrorCode,
  ImageError,
  InputError,
  MobileFaceNetError,
  ModelError,
  ShapeError,
  UnavailableError,
} from '../errors.js';
export { type AlignedFace, alignFace } from '../face/align.js';
export type { FaceChoice } from '../face/chooseFace.js';
export type {
  EmbedAllOptions,
  EmbeddedFace,
  EmbedPhotoOptions,
  FaceComparer,
  VerifyOptions,
} from '../face/comparer.js';
export { type ComparableFace, type ComparedFace, compareFaces, type Verification } from '../face/comparison.js';
export type {
  Abortable,
  CropAllOptions,
  CropOptions,
  FaceCrop,
  PictureInput,
  PixelLimited,
} from '../face/cropFaces.js';
export { type ChosenThreshold, type Decision, decide, findThreshold, type ThresholdOptions } from '../face/decision.js';
export { createDetector, Detector } from '../face/detect.js';
export { createEmbedder, Embedder, type EmbedOptions } from '../face/embed.js';
export type { EmbedOutcome, Photos } from '../face/embedMany.js';
export type { DetectOptions, Face, FaceBox, ScoreLimits, Turns } from '../face/face.js';
export type {
  Enrolment,
  FaceEmbedding,
  FaceGallery,
  GalleryCounts,
  GalleryMatch,
  GalleryOwner,
  GallerySearchOptions,
} from '../face/faceGallery.js';
export { Gallery } from '../face/gallery.js';
export type { CropSize, Landmarks, Point } from '../face/landmarks.js';
export {
  addEmbeddings,
  cosineSimilarity,
  type Embedding,
  isSamePerson,
  normaliseEmbedding,
} from '../face/match.js';
export { type FaceQuality, QUALITY_LIMITS, type QualityReason } from '../face/quality.js';
export {
  type DecidedMatch,
  decideSearch,
  type SearchDecision,
  type SearchDecisionOptions,
} from '../face/searchDecision.js';
export { FaceVerifier, type LoadOptions } from '../face/verifier.js';
export type { HashedSource, LoadProgress, ModelSource, WeightOptions } from '../files/models.js';
export type { Photo } from '../files/pictures.js';
export type { ByteSource } from '../files/read.js';
export { importModel, importNative, type ModelFile } from '../formats/index.js';
export { type DecodeOptions, decodeImage } from '../image/decode.js';
export type { Image, ImageSource, PixelBytes, PixelSource, RawPixels, RgbImage } from '../image/image.js';
export type { ModelCard } from '../model/card.js';
export type { Model } from '../model/model.js';
