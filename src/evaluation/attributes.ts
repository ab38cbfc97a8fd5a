/** Attributes of pictures or people, by which errors are told apart: a CSV file, or numbers cut into quarters. */
import { InputError } from '../errors.js';

/** One attribute of many pictures. */
export interface Attribute {
  readonly name: string;
  /** By picture, in the pictures' order; undefined where it is not known. */
  readonly values: readonly (string | undefined)[];
}

/** Groups that an attribute may have. */
export const MOST_GROUPS = 64;

/** Different numbers from which an attribute is cut into quarters. */
const MANY_NUMBERS = 12;

/** The records of a CSV file (RFC 4180): quoted fields may hold commas, quotes and line ends. */
function parseRecords(text: string, where: string): string[][] {
  const records: string[][] = [[]];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  const field = /"((?:[^"]|"")*)"|([^",\r\n]*)/y;
  for (;;) {
    field.lastIndex = at;
    const [whole, quoted, plain] = field.exec(text)!;
    records.at(-1)!.push(quoted === undefined ? plain!.trim() : quoted.replaceAll('""', '"'));
    at += whole.length;
    if (at >= text.length) break;
    if (text[at] === ',') at++;
    else if (text[at] === '\n' || text.startsWith('\r\n', at)) {
      at += text[at] === '\n' ? 1 : 2;
      if (at === text.length) break;
      records.push([]);
    } else {
      const found = JSON.stringify(text.slice(at, at + 20));
      throw new InputError(
        'BAD_CSV',
        `${where}, record ${records.length}: after a field stands ${found}; accepted are a comma and a line's end, and quotes around a whole field alone.`,
      );
    }
  }
  return records.filter((record) => record.length > 1 || record[0] !== '');
}

/** What a CSV file says of pictures or of people. */
export interface AttributeTable {
  /** What its first column names. */
  readonly of: 'image' | 'person';
  readonly names: readonly string[];
  /** By image or person: the values in the order of the names; an empty one is not known. */
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

/**
 * Parses a CSV file whose first column is called `image`, a path below the images' folder, or `person`, the name of a
 * person's folder; each other column is an attribute. Throws InputError BAD_CSV.
 */
export function parseAttributes(text: string, where: string): AttributeTable {
  const [header, ...records] = parseRecords(text, where);
  const [of, ...names] = header ?? [];
  const refuse = (place: string, found: string, accepted: string): never => {
    throw new InputError('BAD_CSV', `${where}, ${place}: ${found}; accepted is ${accepted}.`);
  };
  if ((of !== 'image' && of !== 'person') || names.length === 0 || names.includes('')) {
    refuse(
      'line 1',
      `is ${JSON.stringify(header?.join(',') ?? '')}`,
      '"image" or "person", then a name for each attribute',
    );
  }
  if (new Set(names).size < names.length) refuse('line 1', 'names an attribute twice', 'each name once');
  const rows = new Map<string, readonly string[]>();
  for (const [index, [key = '', ...values]] of records.entries()) {
    const place = `record ${index + 2}`;
    if (values.length !== names.length) {
      refuse(place, `has ${values.length + 1} fields`, `as many as the first line has: ${names.length + 1}`);
    }
    if (rows.has(key)) refuse(place, `${JSON.stringify(key)} stands a second time`, `each ${of} once`);
    rows.set(key, values);
  }
  return { of: of as AttributeTable['of'], names, rows };
}

/** Quarters of numbers, each with its lowest and highest in its name; equal numbers are in one. */
function quarters(values: readonly (number | undefined)[]): (string | undefined)[] {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  const bounds = [1, 2, 3].map((quarter) => sorted[Math.floor((quarter * sorted.length) / 4)]!);
  const quarterOf = (value: number) => bounds.filter((bound) => value >= bound).length;
  const shown = (value: number) => `${Number(value.toPrecision(3))}`;
  const names = [0, 1, 2, 3].map((quarter) => {
    const members = sorted.filter((value) => quarterOf(value) === quarter);
    return members.length === 0 ? '' : `quarter ${quarter + 1}: ${shown(members[0]!)} to ${shown(members.at(-1)!)}`;
  });
  return values.map((value) => (value === undefined ? undefined : names[quarterOf(value)]!));
}

/** An attribute of numbers: their quarters, or the numbers themselves where they are few. */
export function numberAttribute(name: string, values: readonly (number | undefined)[]): Attribute {
  const few = new Set(values).size <= MANY_NUMBERS;
  return { name, values: few ? values.map((value) => value?.toString()) : quarters(values) };
}

/** An attribute of texts; where all are numbers and there are many, their quarters. Throws InputError TOO_MANY_GROUPS. */
export function textAttribute(name: string, values: readonly (string | undefined)[]): Attribute {
  const known = values.map((value) => (value === '' ? undefined : value));
  const numbers = known.map((value) => (value === undefined ? undefined : Number(value)));
  if (numbers.every((value) => value === undefined || Number.isFinite(value))) return numberAttribute(name, numbers);
  const groups = new Set(known.filter((value) => value !== undefined)).size;
  if (groups <= MOST_GROUPS) return { name, values: known };
  throw new InputError(
    'TOO_MANY_GROUPS',
    `attribute ${JSON.stringify(name)} has ${groups} different values; accepted are ${MOST_GROUPS}, or numbers.`,
  );
}

/**
 * The attributes of pictures, by their paths and people. Throws InputError NO_ATTRIBUTES where the table knows none of
 * them, which is mostly a wrong column, and TOO_MANY_GROUPS.
 */
export function attributesOf(
  table: AttributeTable,
  pictures: readonly { readonly image: string; readonly person: string }[],
  where: string,
): Attribute[] {
  const rows = pictures.map((picture) => table.rows.get(picture[table.of]));
  if (!rows.some((row) => row !== undefined)) {
    const [first] = table.rows.keys();
    const example = JSON.stringify(pictures[0]?.[table.of] ?? '');
    const found = first === undefined ? 'it has no rows' : `its first one names ${JSON.stringify(first)}`;
    throw new InputError(
      'NO_ATTRIBUTES',
      `${where}: knows none of the pictures: ${found}; accepted is one like ${example}.`,
    );
  }
  return table.names.map((name, column) =>
    textAttribute(
      name,
      rows.map((row) => row?.[column]),
    ),
  );
}
