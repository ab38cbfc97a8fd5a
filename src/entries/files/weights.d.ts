/** `mobilefacenet/weights/*.safetensors`, as Cloudflare Workers import a module of data: the bytes of a model file. */
declare const weights: ArrayBuffer;
export default weights;
