/** Where a graph's values stand while it is lowered: their storages by layout, shared and converted as steps need them. */
import type { Layout } from '../tensor/layout.js';
import { CHANNEL_BLOCK, storedBytes } from '../tensor/layout.js';
import { imageShape, type Shape } from '../tensor/shape.js';

/** One stretch of the arena: the elements of one or more values in one order. */
export interface Storage {
  /** The value that it was made for, with its shape. */
  readonly name: string;
  readonly shape: Shape;
  readonly layout: Layout;
  /** First and last step that it is needed by, −1 before the first; the end is inclusive. */
  readonly begin: number;
  end: number;
}

/** True where the other float32 layout of a shape has the same bytes. */
function layoutsCoincide(shape: Shape, layout: Layout): boolean {
  if (layout === 'nhwcInt8') return false;
  const { channels, height, width } = imageShape(shape);
  return height * width === 1 && channels % CHANNEL_BLOCK === 0;
}

function otherLayout(layout: Layout): Layout {
  return layout === 'nhwc' ? 'rowMajor' : 'nhwc';
}

/** Bytes of a storage. */
export function storageBytes({ shape, layout }: Storage): number {
  return storedBytes(shape, layout);
}

/**
 * Values that are reshapes of one another have the same elements in row-major order, and are kept here under the name
 * of the first. They share one `rowMajor` storage, and those of equal batch, channels and pixels one `nhwc` storage.
 */
export class Storages {
  readonly all: Storage[] = [];
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #roots = new Map<string, string>();
  readonly #places = new Map<string, Storage>();
  /** By root: its first storage in `nhwc` order. */
  readonly #images = new Map<string, Storage>();

  constructor(shapes: ReadonlyMap<string, Shape>) {
    this.#shapes = shapes;
  }

  /** Makes a value another shape of one that stands before it. */
  alias(name: string, source: string): void {
    this.#roots.set(name, this.#root(source));
  }

  /** The storage that holds a value in a layout, if there is one. */
  find(name: string, layout: Layout): Storage | undefined {
    const found = this.#places.get(this.#key(name, layout));
    if (found || !layoutsCoincide(this.#shapes.get(name)!, layout)) return found;
    return this.#places.get(this.#key(name, otherLayout(layout)));
  }

  /** Adds a storage for a value, to be written by a step. */
  add(name: string, layout: Layout, step: number): Storage {
    const storage = { name, shape: this.#shapes.get(name)!, layout, begin: step, end: step };
    this.all.push(storage);
    this.#places.set(this.#key(name, layout), storage);
    const root = this.#root(name);
    if (layout === 'nhwc' && !this.#images.has(root)) this.#images.set(root, storage);
    const other = this.#key(name, otherLayout(layout));
    if (layoutsCoincide(storage.shape, layout) && !this.#places.has(other)) this.#places.set(other, storage);
    return storage;
  }

  /** A storage that holds a value's elements in `nhwc` order of whichever shape; its `shape` says which. */
  findNhwc(name: string): Storage | undefined {
    return this.#images.get(this.#root(name));
  }

  #root(name: string): string {
    return this.#roots.get(name) ?? name;
  }

  #key(name: string, layout: Layout): string {
    const image = layout !== 'rowMajor' ? Object.values(imageShape(this.#shapes.get(name)!)).join('×') : '';
    return `${layout} ${image} ${this.#root(name)}`;
  }
}
