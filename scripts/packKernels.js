/** Packs the shipped builds of a set of kernels into one module: blocks of both by turns, so that deflate finds each in the other. */
import { deflateSync } from 'node:zlib';

/** Half of deflate's window: a block's twin is always inside it. */
const BLOCK_BYTES = 16384;

const PACKED_TYPES = `/** The builds of a set of kernels, deflated together: blocks of \`plain\` and \`relaxed\` by turns. */
export declare const packedKernels: {
  /** In base64, with zlib's header. */
  readonly deflated: string;
  readonly blockBytes: number;
  /** Bytes of each build. */
  readonly sizes: { readonly plain: number; readonly relaxed: number };
};
`;

/** The module's JavaScript and its types. */
export function packKernels(plain, relaxed) {
  const blocks = [];
  for (let begin = 0; begin < Math.max(plain.length, relaxed.length); begin += BLOCK_BYTES) {
    for (const binary of [plain, relaxed]) blocks.push(binary.subarray(begin, begin + BLOCK_BYTES));
  }
  const deflated = deflateSync(Buffer.concat(blocks), { level: 9, memLevel: 9 }).toString('base64');
  const sizes = `{ plain: ${plain.length}, relaxed: ${relaxed.length} }`;
  const script = `export const packedKernels = { deflated: '${deflated}', blockBytes: ${BLOCK_BYTES}, sizes: ${sizes} };\n`;
  return { script, types: PACKED_TYPES };
}
