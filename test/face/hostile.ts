/**
 * Property-test bodies for galleries, damaged by someone who knows the format. No test framework here, so that long runs
 * can use them from the command line.
 */
import fc from 'fast-check';
import { type GalleryContents, parseGallery, printGallery } from '../../src/face/galleryFile.js';
import { editBytes, editHeader, editJsonOrText, edits } from '../formats/damage.js';
import type { HostileSuite } from '../formats/hostile.js';

function require(condition: boolean, what: string): void {
  if (!condition) throw new Error(`accepted although ${what}`);
}

const GALLERY: GalleryContents = {
  weights: 'ab'.repeat(32),
  embeddingLength: 2,
  owners: [
    { id: 'Ann', embeddings: 2 },
    { id: 'Bea "B"', embeddings: 1 },
  ],
  embeddings: Float32Array.of(1, 0, 0, -1, 0.6, 0.8),
};

/** Contents that somebody could have signed with a right hash. */
const galleryContents = fc.record({
  weights: fc.constantFrom(GALLERY.weights, '', 'x'),
  embeddingLength: fc.constantFrom(1, 2, 3, 6),
  owners: fc.array(
    fc.record({
      id: fc.constantFrom('Ann', 'Bea', '', '__proto__', 'a\nb'),
      embeddings: fc.integer({ min: -1, max: 3 }),
    }),
    {
      maxLength: 3,
    },
  ),
  embeddings: fc.constantFrom(
    GALLERY.embeddings,
    Float32Array.of(1, -1, 1, 1, -1, 1),
    Float32Array.of(1, 0, 0, 1, Number.NaN, 2),
  ),
});

async function feedGallery(bytes: Uint8Array): Promise<void> {
  const contents = await parseGallery(bytes, 'hostile');
  const { owners, embeddings, embeddingLength } = contents;
  const rows = owners.reduce((sum, owner) => sum + owner.embeddings, 0);
  require(embeddings.length === rows * embeddingLength, `it has ${embeddings.length} numbers for ${rows} rows`);
  require(new Set(owners.map(({ id }) => id)).size === owners.length, 'an id stands twice');
  const again = await parseGallery(await printGallery(contents), 'hostile');
  require(JSON.stringify(again) === JSON.stringify(contents), 'it does not survive writing');
}

/** Galleries as bytes, with damaged headers, and with contents that do not fit together. */
export const gallerySuite: HostileSuite = {
  name: 'gallery',
  cases: fc
    .tuple(fc.constantFrom('bytes', 'header', 'contents', 'contents', 'sound'), galleryContents, edits)
    .map(([kind, contents, list]) => ({
      label: `${kind} ${JSON.stringify([contents, list])}`,
      async feed() {
        if (kind === 'sound') return feedGallery(await printGallery(GALLERY));
        if (kind === 'contents') return feedGallery(await printGallery({ ...GALLERY, ...contents }));
        const bytes = await printGallery(GALLERY);
        return feedGallery(
          kind === 'bytes' ? editBytes(bytes, list) : editHeader(bytes, (header) => editJsonOrText(header, list)),
        );
      },
    })),
};
