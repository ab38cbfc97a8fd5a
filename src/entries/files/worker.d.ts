/** `mobilefacenet/worker.js`: the script of worker threads. It exports nothing; its address is for `EngineOptions.workerUrl`. */
export {};
