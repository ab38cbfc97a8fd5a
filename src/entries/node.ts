/** The entry `mobilefacenet/node`: images and models by their paths, for programs that have a file system. */
export { readInputFile, writeOutputFile } from '../cli/files.js';
export { expandImages, type NamedImage } from '../cli/images.js';
export { loadModel, readImage } from '../cli/models.js';
export { defaultDetectorFile, defaultModelFile } from '../cli/package.js';
