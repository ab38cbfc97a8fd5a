/** `mobilefacenet/kernels/*.wasm`, as Cloudflare Workers and Vercel Edge import it: a module for `EngineOptions.binaries`. */
declare const kernels: WebAssembly.Module;
export default kernels;
