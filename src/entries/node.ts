/** The entry `mobilefacenet/node`: images and models by their paths, for programs that have a file system. */
export { expandImages, type NamedImage } from '../files/images.js';
export { readInputFile } from '../files/local.js';
export { loadModel } from '../files/models.js';
export { packagedWeights } from '../files/packaged.js';
export { readImage } from '../files/pictures.js';
export { type Update, updateFile } from '../files/update.js';
export { writeOutputFile } from '../files/writing.js';
