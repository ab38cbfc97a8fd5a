/** Kernels as parts of this JavaScript, so that there is no file to lose: packed together, since they are alike. */
import { builtin } from '../builtin.js';
import type { KernelSet } from '../kernels/kernel.js';
import type { KernelBinaries } from './module.js';

interface NodeBuffer {
  from(text: string, encoding: 'base64'): Uint8Array<ArrayBuffer>;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const { Buffer } = globalThis as { Buffer?: NodeBuffer };
  if (Buffer) return Buffer.from(text, 'base64');
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index);
  return bytes;
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const zlib = builtin('zlib');
  if (zlib?.inflateSync) return zlib.inflateSync(bytes);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The packed sets, each a module of its own that is fetched when it is needed. */
const PACKED = { core: () => import('#coreKernels'), further: () => import('#furtherKernels') };

/** Takes one build of a set out of the blocks that stand by turns: the first build's, the second's, and so on to the longer's end. */
export async function unpack(set: KernelSet, wanted: 'plain' | 'relaxed'): Promise<Uint8Array<ArrayBuffer>> {
  const { packedKernels } = await PACKED[set]();
  const { deflated, blockBytes, sizes } = packedKernels;
  const blocks = await inflate(decodeBase64(deflated));
  const binary = new Uint8Array(sizes[wanted]);
  let from = 0;
  for (let begin = 0; from < blocks.length; begin += blockBytes) {
    for (const build of ['plain', 'relaxed'] as const) {
      const length = Math.max(0, Math.min(blockBytes, sizes[build] - begin));
      if (build === wanted && length > 0) binary.set(blocks.subarray(from, from + length), begin);
      from += length;
    }
  }
  return binary;
}

/** The shipped builds, unpacked when asked for. */
export const kernelBinaries: KernelBinaries = {
  core: { plain: () => unpack('core', 'plain'), relaxed: () => unpack('core', 'relaxed') },
  further: { plain: () => unpack('further', 'plain'), relaxed: () => unpack('further', 'relaxed') },
};
