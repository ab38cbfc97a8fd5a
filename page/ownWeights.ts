/** The weights that the page brings along, in float32 and in int8. */

/** How an embedder computes. */
export type Precision = 'float32' | 'int8';

/** The weights in use: the page's own, or some that the visitor opened. */
export type WeightsChoice = Precision | 'opened';

/** Sizes in bytes of the page's own weights; without those of int8 there is nothing to choose. */
export type WeightBytes = Readonly<{ float32: number; int8?: number | undefined }>;

/** Where the page's own weights are. */
export const OWN_WEIGHTS: Readonly<Record<Precision, string>> = {
  float32: 'weights/mobilefacenet.safetensors',
  int8: 'weights/mobilefacenet-int8.safetensors',
};
