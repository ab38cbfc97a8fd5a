/** The gallery in this browser's own storage (IndexedDB). */

/** A person as stored. */
export interface StoredPerson {
  readonly name: string;
  readonly embedding: Float32Array;
  /** SHA-256 of the weights that made the embedding. */
  readonly weights: string;
  /** The aligned crop as a PNG file. */
  readonly crop: Blob;
}

const DATABASE = 'mobilefacenet';
const PEOPLE = 'people';

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser’s storage gives no answer.'));
  });
}

/** The people of this browser. Each call rejects with the browser's error where it gives no storage. */
export interface PeopleStorage {
  list(): Promise<(StoredPerson & { readonly id: number })[]>;
  /** Gives the new person's id. */
  add(person: StoredPerson): Promise<number>;
  remove(id: number): Promise<void>;
  clear(): Promise<void>;
}

function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(PEOPLE, { keyPath: 'id', autoIncrement: true });
  };
  return settled(opening);
}

export function openPeopleStorage(): PeopleStorage {
  let database: Promise<IDBDatabase> | undefined;
  const store = async (mode: IDBTransactionMode): Promise<IDBObjectStore> => {
    database ??= openDatabase();
    return (await database).transaction(PEOPLE, mode).objectStore(PEOPLE);
  };
  return {
    list: async () => settled((await store('readonly')).getAll()),
    add: async (person) => Number(await settled((await store('readwrite')).add(person))),
    remove: async (id) => settled((await store('readwrite')).delete(id)),
    clear: async () => settled((await store('readwrite')).clear()),
  };
}
