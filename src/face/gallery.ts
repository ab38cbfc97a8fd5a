/** The gallery: known people's embeddings, searched by a face's embedding (1:N). */
import type { Engine } from '../engine.js';
import { ShapeError } from '../errors.js';
import { VectorTable } from '../runtime/vectors.js';
import {
  type Enrolment,
  type FaceEmbedding,
  type FaceGallery,
  type GalleryCounts,
  type GalleryMatch,
  type GalleryOwner,
  type GallerySearchOptions,
  readSearchOptions,
  requireSameWeights,
} from './faceGallery.js';
import { checkId, checkWeights, parseGallery, printGallery } from './galleryFile.js';
import { normaliseEmbedding } from './match.js';

interface Person {
  readonly id: string;
  /** Rows of the table, in no order. */
  readonly rows: number[];
}

/**
 * The most alike people so far, best first. A row is looked at closely only where it beats the last of a full list, so
 * the cost of a long gallery is one comparison a row.
 */
class Ranking {
  readonly #top: number;
  readonly #owners: readonly Person[];
  readonly #best: { readonly person: Person; readonly similarity: number }[] = [];
  /** Nobody who is less alike than this comes into the list. */
  #floor: number;

  constructor(owners: readonly Person[], top: number, threshold: number) {
    this.#owners = owners;
    this.#top = top;
    this.#floor = threshold;
  }

  /** Takes the similarities of neighbouring rows. */
  offer(firstRow: number, similarities: Float32Array): void {
    for (let index = 0; index < similarities.length; index++) {
      if (similarities[index]! >= this.#floor) this.#place(this.#owners[firstRow + index]!, similarities[index]!);
    }
  }

  matches(): GalleryMatch[] {
    return this.#best.map(({ person, similarity }) => ({
      id: person.id,
      similarity: Math.min(1, Math.max(-1, similarity)),
    }));
  }

  #place(person: Person, similarity: number): void {
    const best = this.#best;
    const known = best.findIndex((match) => match.person === person);
    if (known >= 0) {
      if (best[known]!.similarity >= similarity) return;
      best.splice(known, 1);
    }
    const place = best.findIndex((match) => match.similarity < similarity);
    best.splice(place < 0 ? best.length : place, 0, { person, similarity });
    if (best.length > this.#top) best.pop();
    if (best.length === this.#top) this.#floor = best.at(-1)!.similarity;
  }
}

/** People by id, each with one embedding or more. It holds a memory of its own, which `dispose` gives up whole. */
export class Gallery implements FaceGallery {
  /** SHA-256 of the weights that made all embeddings here. */
  readonly weights: string;
  readonly #table: VectorTable;
  readonly #people = new Map<string, Person>();
  /** By row of the table. */
  readonly #owners: Person[] = [];

  /** An empty gallery for embeddings of one length. Throws InputError BAD_HASH, and as `VectorTable` does. */
  constructor(engine: Engine, weights: string, embeddingLength: number) {
    this.weights = checkWeights(weights, 'gallery');
    this.#table = new VectorTable(engine, embeddingLength);
  }

  /** Reads what `save` gave. Throws as `parseGallery` does, and UnavailableError OUT_OF_MEMORY. `where` names the file. */
  static async open(engine: Engine, bytes: Uint8Array, where: string): Promise<Gallery> {
    const { weights, embeddingLength, owners, embeddings } = await parseGallery(bytes, where);
    const gallery = new Gallery(engine, weights, embeddingLength);
    gallery.#table.reserve(embeddings.length / embeddingLength);
    let begin = 0;
    for (const { id, embeddings: count } of owners) {
      for (let index = 0; index < count; index++, begin += embeddingLength) {
        gallery.#add(id, embeddings.subarray(begin, begin + embeddingLength));
      }
    }
    return gallery;
  }

  /** Elements of an embedding. */
  get embeddingLength(): number {
    return this.#table.length;
  }

  /** Number of embeddings. */
  get embeddings(): number {
    return this.#table.rows;
  }

  /** Bytes of the memory that the embeddings are in. */
  get memoryBytes(): number {
    return this.#table.memoryBytes;
  }

  /** Refuses weights that did not make the embeddings here: InputError OTHER_WEIGHTS. */
  requireWeights(weights: string): void {
    requireSameWeights(weights, this.weights);
  }

  /** Everybody, in the order in which they were enrolled. */
  list(): GalleryOwner[] {
    return [...this.#people.values()].map(({ id, rows }) => ({ id, embeddings: rows.length }));
  }

  /** How many people and embeddings it holds. */
  count(): GalleryCounts {
    return { people: this.#people.size, embeddings: this.embeddings };
  }

  /**
   * Adds an embedding to a person, who is new where the id is. The embedding may have any length but 0.
   * Throws InputError OTHER_WEIGHTS, BAD_ID, ZERO_EMBEDDING or NOT_FINITE, ShapeError VECTOR_LENGTH, UnavailableError
   * OUT_OF_MEMORY or DISPOSED; then the gallery is as before.
   */
  enrol(id: string, face: FaceEmbedding): void {
    this.requireWeights(face.weights);
    this.#add(checkId(id, 'gallery'), normaliseEmbedding(face.embedding));
  }

  /**
   * `enrol` for several faces: all are there afterwards, or where it throws, none. Gives how many were added, which is
   * all. Throws as `enrol` does.
   */
  enrolAll(enrolments: readonly Enrolment[]): number {
    const checked = enrolments.map(({ id, face }) => {
      this.requireWeights(face.weights);
      return { id: checkId(id, 'gallery'), unit: this.#checkLength(normaliseEmbedding(face.embedding)) };
    });
    this.#table.reserve(this.embeddings + checked.length);
    for (const { id, unit } of checked) this.#add(id, unit);
    return checked.length;
  }

  /** Removes a person with all embeddings, and says whether there was one. Throws UnavailableError DISPOSED. */
  remove(id: string): boolean {
    const person = this.#people.get(id);
    if (!person) return false;
    // From the last row on: the row that moves into a gap is then never one that is yet to go.
    for (const row of person.rows.toSorted((a, b) => b - a)) this.#removeRow(row);
    return this.#people.delete(id);
  }

  /**
   * The people whom a face is most like, best first. Throws InputError OTHER_WEIGHTS, BAD_TOP, ZERO_EMBEDDING or
   * NOT_FINITE, ShapeError VECTOR_LENGTH, UnavailableError DISPOSED.
   */
  search(face: FaceEmbedding, options: GallerySearchOptions = {}): GalleryMatch[] {
    return this.searchAll([face], options)[0]!;
  }

  /** `search` for several faces; four at a time share a pass over the gallery. */
  searchAll(faces: readonly FaceEmbedding[], options: GallerySearchOptions = {}): GalleryMatch[][] {
    const { top, threshold } = readSearchOptions(options);
    for (const face of faces) this.requireWeights(face.weights);
    const rankings = faces.map(() => new Ranking(this.#owners, top, threshold));
    const queries = faces.map(({ embedding }) => normaliseEmbedding(embedding));
    this.#table.scan(queries, (face, firstRow, products) => rankings[face]!.offer(firstRow, products));
    return rankings.map((ranking) => ranking.matches());
  }

  /** The gallery as the bytes of a file. Throws InputError TOO_MANY_IDS, UnavailableError DISPOSED. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    const length = this.embeddingLength;
    const embeddings = new Float32Array(this.embeddings * length);
    let begin = 0;
    for (const { rows } of this.#people.values()) {
      for (const row of rows) {
        embeddings.set(this.#table.at(row), begin);
        begin += length;
      }
    }
    return printGallery({ weights: this.weights, embeddingLength: length, owners: this.list(), embeddings });
  }

  /** Gives the memory up; the gallery is empty and refuses to work from here on. */
  dispose(): void {
    this.#table.dispose();
    this.#people.clear();
    this.#owners.length = 0;
  }

  /** `dispose`, for a declaration with `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #add(id: string, unit: Float32Array): void {
    const row = this.#table.push(unit);
    const person = this.#people.get(id) ?? { id, rows: [] };
    this.#people.set(id, person);
    person.rows.push(row);
    this.#owners.push(person);
  }

  #checkLength(unit: Float32Array): Float32Array {
    if (unit.length === this.embeddingLength) return unit;
    const found = `an embedding has ${unit.length} elements`;
    throw new ShapeError('VECTOR_LENGTH', `${found}; those of this gallery have ${this.embeddingLength}.`);
  }

  #removeRow(row: number): void {
    const last = this.#owners.length - 1;
    const moved = this.#owners[last]!;
    this.#table.remove(row);
    moved.rows[moved.rows.indexOf(last)] = row;
    this.#owners[row] = moved;
    this.#owners.pop();
  }
}
