/** The compared engines: which module starts each, what it reads, and what it can do. */
import type { PeerFormat } from './peerFiles.js';
import type { PeerStart } from './peerProcess.js';

/** An engine and how it is started. */
export interface Peer {
  readonly engine: string;
  readonly module: string;
  readonly format: PeerFormat;
  readonly options: PeerStart['options'];
  /** Runs with V8's option to join vectors. */
  readonly wide: boolean;
  readonly mostThreads?: number;
}

/** This engine. */
export const OWN = 'mobilefacenet';

const RIVALS: readonly Peer[] = [
  { engine: 'litert', module: 'litert', format: 'tflite', options: {}, wide: false },
  { engine: 'onnxruntime-web', module: 'onnxruntime-web', format: 'onnx', options: {}, wide: false },
  { engine: 'tfjs-wasm', module: 'tfjs-wasm', format: 'tfjs', options: {}, wide: false, mostThreads: 1 },
  { engine: 'onnxruntime-node', module: 'onnxruntime-node', format: 'onnx', options: {}, wide: false },
];

/** Native code, which V8's options do not reach. */
const NATIVE = 'onnxruntime-node';

/** Whether an engine of the table is another one in WebAssembly, without options of V8. */
export function isWasm(engine: string): boolean {
  return engine !== NATIVE && RIVALS.some((peer) => peer.engine === engine);
}

/** Whether a row is this engine's in int8. */
export function isInt8(engine: string): boolean {
  return engine.startsWith(`${OWN} int8`);
}

/** The name of this engine's row that another row is compared with. */
export function counterpart(engine: string): string {
  return engine.endsWith(' wide') ? `${OWN} wide` : OWN;
}

/** This engine on the same network in int8, beside a row in float32. */
function inInt8(peer: Peer): Peer {
  return { ...peer, engine: peer.engine.replace(OWN, `${OWN} int8`), format: 'int8' };
}

/** Everything that is compared: this engine's builds, also in int8, and the others; with `wide` with joined vectors too. */
export function variants(wide: boolean): Peer[] {
  const own: Peer = { engine: OWN, module: OWN, format: 'native', options: {}, wide: false };
  const plain: Peer = { ...own, engine: `${OWN} plain`, options: { build: 'plain' } };
  const widened: Peer = { ...own, engine: `${OWN} wide`, options: { wide: true }, wide: true };
  const float32 = wide ? [own, plain, widened] : [own, plain];
  const others = RIVALS.filter(({ engine }) => wide && engine !== NATIVE);
  return [
    ...float32,
    ...float32.map(inInt8),
    ...RIVALS,
    ...others.map((peer): Peer => ({ ...peer, engine: `${peer.engine} wide`, wide: true })),
  ];
}
