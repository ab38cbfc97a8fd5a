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

/** A string of JSON, or the rest of the text where it does not end, with the colon after a name; or a bracket. */
const TOKEN = /("(?:[^"\\]|\\[\s\S])*(?:"|$))(\s*:)?|[[\]{}]/g;

/** The name that a string of JSON stands for, or nothing where it is not well-formed. */
function nameOf(text: string): string | undefined {
  if (!text.includes('\\')) return text.slice(1, -1);
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Refuses deep nesting, on which a parser would spend memory first, and gives the first name that stands twice in one
 * object, which `JSON.parse` lets pass. The text may be anything.
 */
function findRepeatedName(text: string, where: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let repeated: string | undefined;
  for (const [token, string, colon] of text.matchAll(TOKEN)) {
    if (string !== undefined) {
      const names = colon === undefined ? undefined : open.at(-1);
      const name = names && nameOf(string);
      if (name === undefined) continue;
      if (names!.has(name)) repeated ??= name;
      names!.add(name);
    } else if (token === '}' || token === ']') open.pop();
    else if (open.push(token === '{' ? new Set() : undefined) > DEEPEST_JSON) {
      const accepted = 'no more are accepted';
      throw new ModelError('BAD_JSON', `${where} is nested more than ${DEEPEST_JSON} levels deep; ${accepted}.`);
    }
  }
  return repeated;
}

/** Parses a document. Throws ModelError BAD_JSON, or DUPLICATE_NAME for a name that stands twice in one object. */
export function parseJson(text: string, where: string): unknown {
  const repeated = findRepeatedName(text, where);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModelError('BAD_JSON', `${where} is not well-formed JSON.`, { cause });
  }
  if (repeated !== undefined) {
    const found = `gives ${describeValue(repeated)} twice`;
    throw new ModelError('DUPLICATE_NAME', `${where} ${found}; a name stands once in an object.`);
  }
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
