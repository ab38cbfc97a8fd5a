/** What an import of a `.wasm` file gives on runtimes that compile it beforehand. */
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
