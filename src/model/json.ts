/** JSON from files that nobody vouches for: syntax, nesting and repeated names checked, fields read one by one. */
import { ModelError } from '../errors.js';

/** Levels of nesting that a document may have. */
export const DEEPEST_JSON = 32;

/** An object of a parsed document; its own properties alone count. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A value as it stands in messages, shortened. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(value);
  return typeof value === 'string' && value.length > 60 ? `${text.slice(0, -1)}…"` : text;
}

/** Throws ModelError BAD_JSON: what was found where, and what is accepted. */
export function refuseJson(where: string, value: unknown, accepted: string): never {
  throw new ModelError('BAD_JSON', `${where} is ${describeValue(value)}; accepted is ${accepted}.`);
}

/** The position after the string that begins at `begin`, or the text's end where it does not end. */
function stringEnd(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = end;
    while (text[escapes - 1] === '\\') escapes--;
    if ((end - escapes) % 2 === 0) return end + 1;
  }
  return text.length;
}

/** Shows every bracket of a text to `onBracket`, and where every string begins and ends to `onString`. */
function scan(
  text: string,
  onBracket: (bracket: string) => void,
  onString: (begin: number, end: number) => void = () => {},
): void {
  for (let position = 0; position < text.length; position++) {
    const character = text[position]!;
    if (character === '"') {
      const end = stringEnd(text, position);
      onString(position, end);
      position = end - 1;
    } else if (character === '{' || character === '[' || character === '}' || character === ']') onBracket(character);
  }
}

/** Refuses deep nesting, on which a parser would spend memory first. The text may be anything. */
function checkDepth(text: string, where: string): void {
  let depth = 0;
  scan(text, (bracket) => {
    depth += bracket === '{' || bracket === '[' ? 1 : -1;
    if (depth <= DEEPEST_JSON) return;
    const accepted = 'no more are accepted';
    throw new ModelError('BAD_JSON', `${where} is nested more than ${DEEPEST_JSON} levels deep; ${accepted}.`);
  });
}

/** What may stand between a name and its colon. */
const BLANKS = ' \t\n\r';

/** Refuses repeated names, which `JSON.parse` lets pass. The text is well-formed JSON. */
function checkNames(text: string, where: string): void {
  const open: (Set<string> | undefined)[] = [];
  const onBracket = (bracket: string): void => {
    if (bracket === '{') open.push(new Set());
    else if (bracket === '[') open.push(undefined);
    else open.pop();
  };
  scan(text, onBracket, (begin, end) => {
    let next = end;
    while (BLANKS.includes(text[next] ?? '-')) next++;
    if (text[next] !== ':') return;
    const name = JSON.parse(text.slice(begin, end)) as string;
    const names = open.at(-1)!;
    if (names.has(name)) {
      const shown = describeValue(name);
      throw new ModelError('DUPLICATE_NAME', `${where} gives ${shown} twice; a name stands once in an object.`);
    }
    names.add(name);
  });
}

/** Parses a document. Throws ModelError BAD_JSON, or DUPLICATE_NAME for a name that stands twice in one object. */
export function parseJson(text: string, where: string): unknown {
  checkDepth(text, where);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModelError('BAD_JSON', `${where} is not well-formed JSON.`, { cause });
  }
  checkNames(text, where);
  return value;
}

/** Reads an object, refusing names that are not known. */
export function readObject(value: unknown, where: string, known?: readonly string[]): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuseJson(where, value, 'an object');
  for (const name of Object.keys(value)) {
    if (known && !known.includes(name)) {
      const accepted = known.join(', ');
      const shown = describeValue(name);
      throw new ModelError('UNKNOWN_FIELD', `${where} has a field ${shown} that is unknown; accepted are ${accepted}.`);
    }
  }
  return value as JsonObject;
}

/** An object's own property; inherited ones such as `constructor` are absent. */
export function field(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Reads a list. */
export function readList(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) refuseJson(where, value, 'a list');
  return value;
}

/** Reads a text of 1 to `longest` characters. */
export function readText(value: unknown, where: string, longest: number): string {
  if (typeof value !== 'string' || value.length < 1 || value.length > longest) {
    refuseJson(where, value, `a text of 1 to ${longest} characters`);
  }
  return value;
}

/** Reads a number within `[least, most]`. */
export function readNumberWithin(value: unknown, where: string, least: number, most: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    refuseJson(where, value, `a number from ${least} to ${most}`);
  }
  return value;
}

/** Reads a whole number within `[least, most]`. */
export function readIntegerWithin(value: unknown, where: string, least: number, most: number): number {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
    refuseJson(where, value, `a whole number from ${least} to ${most}`);
  }
  return value as number;
}
