/** Attributes as data: what each operator declares once, from which its types, checks, stored form and docs follow. */

/** What an attribute may hold; all of it survives JSON. */
export type Attribute = string | number | boolean | readonly number[];

/** A node's attributes by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** Whether an attribute is always there in a checked node; those with a default are. */
type Presence = 'required' | 'defaulted' | 'optional';

/** One attribute: kind, range, default and meaning. */
export interface AttributeRule<T extends Attribute = Attribute, P extends Presence = Presence> {
  readonly kind: 'integer' | 'number' | 'integers' | 'numbers' | 'word' | 'flag';
  /** What it says, for the docs. */
  readonly meaning: string;
  readonly presence: P;
  /** What it is where a file leaves it out. */
  readonly fallback?: T;
  /** The numbers that it may hold; absent for all finite ones. */
  readonly range?: readonly [least: number, most: number];
  /** The lengths of its list. */
  readonly count?: readonly [least: number, most: number];
  readonly words?: readonly string[];
  /** The attribute that it belongs to, and the words of that one with which it is needed; with others it is unknown. */
  readonly when?: readonly [attribute: string, words: readonly string[]];
}

/** An operator's attributes by name. */
export type AttributeRules = Readonly<Record<string, AttributeRule>>;

type ValueOf<R> = R extends AttributeRule<infer T> ? T : never;
type Absent<R, P> = R extends { readonly presence: P } ? true : false;

/** The attributes of a checked node: all but those that belong to some words alone. */
export type AttributesOf<D> = {
  readonly [K in keyof D as Absent<D[K], 'optional'> extends true ? never : K]: ValueOf<D[K]>;
} & { readonly [K in keyof D as Absent<D[K], 'optional'> extends true ? K : never]?: ValueOf<D[K]> };

/** The attributes that a node may be made with: those with a default may be left out. */
export type GivenAttributes<D> = {
  readonly [K in keyof D as Absent<D[K], 'required'> extends true ? K : never]: ValueOf<D[K]>;
} & { readonly [K in keyof D as Absent<D[K], 'required'> extends true ? never : K]?: ValueOf<D[K]> };

type Required<T extends Attribute> = AttributeRule<T, 'required'>;
type List<N> = N extends 1
  ? readonly [number]
  : N extends 2
    ? readonly [number, number]
    : N extends 4
      ? readonly [number, number, number, number]
      : readonly number[];

/** The largest stride, padding and the like. */
export const LARGEST = 1 << 20;

/** One whole number. */
export function integer(least: number, most: number, meaning: string): Required<number> {
  return { kind: 'integer', presence: 'required', range: [least, most], meaning };
}

/** One finite number. */
export function number(meaning: string, range?: readonly [number, number]): Required<number> {
  return { kind: 'number', presence: 'required', meaning, ...(range && { range }) };
}

/** So many whole numbers, or from so many to so many. */
export function integers<const N extends number | readonly [number, number]>(
  count: N,
  least: number,
  most: number,
  meaning: string,
): Required<List<N>> {
  return { kind: 'integers', presence: 'required', count: lengths(count), range: [least, most], meaning };
}

/** So many numbers. */
export function numbers<const N extends number>(
  count: N,
  range: readonly [number, number],
  meaning: string,
): Required<List<N>> {
  return { kind: 'numbers', presence: 'required', count: lengths(count), range, meaning };
}

/** One of some words. */
export function word<const W extends string>(words: readonly W[], meaning: string): Required<W> {
  return { kind: 'word', presence: 'required', words, meaning };
}

/** True or false. */
export function flag(meaning: string): Required<boolean> {
  return { kind: 'flag', presence: 'required', meaning };
}

/** An attribute that files may leave out. */
export function withDefault<T extends Attribute>(rule: Required<T>, fallback: T): AttributeRule<T, 'defaulted'> {
  return { ...rule, presence: 'defaulted', fallback };
}

/** An attribute that may be absent. */
export function optional<T extends Attribute>(rule: Required<T>): AttributeRule<T, 'optional'> {
  return { ...rule, presence: 'optional' };
}

/** An attribute that some words of another one need, and the others refuse. */
export function only<T extends Attribute>(
  attribute: string,
  words: readonly string[],
  rule: Required<T>,
): AttributeRule<T, 'optional'> {
  return { ...rule, presence: 'optional', when: [attribute, words] };
}

function lengths(count: number | readonly [number, number]): readonly [number, number] {
  return typeof count === 'number' ? [count, count] : count;
}

/** Whether a rule applies among the given attributes. */
export function applies({ when }: AttributeRule, given: Attributes): boolean {
  return !when || when[1].includes(given[when[0]] as string);
}

/** Whether a value is of a rule's kind and range. */
export function fits({ kind, range, count, words }: AttributeRule, value: unknown): boolean {
  if (kind === 'flag') return typeof value === 'boolean';
  if (kind === 'word') return words!.includes(value as string);
  const isWhole = kind === 'integer' || kind === 'integers';
  const [least, most] = range ?? [-Number.MAX_VALUE, Number.MAX_VALUE];
  const isNumber = (item: unknown): boolean =>
    typeof item === 'number' && item >= least && item <= most && (!isWhole || Number.isInteger(item));
  if (!count) return isNumber(value);
  return Array.isArray(value) && value.length >= count[0] && value.length <= count[1] && value.every(isNumber);
}

/** What a rule accepts, in words. */
export function accepted({ kind, range, count, words }: AttributeRule): string {
  if (kind === 'flag') return 'true or false';
  if (kind === 'word') return `one of ${words!.join(', ')}`;
  const bounds = range ? ` from ${range[0]} to ${range[1]}` : '';
  if (!count) return kind === 'integer' ? `a whole number${bounds}` : range ? `a number${bounds}` : 'a finite number';
  const length = count[0] === count[1] ? `${count[0]}` : `${count[0]} to ${count[1]}`;
  return `a list of ${length} ${kind === 'integers' ? 'whole numbers' : 'numbers'}${bounds}`;
}

/** Whether a stored node may leave an attribute out. */
export function isDefault(rule: AttributeRule | undefined, value: Attribute): boolean {
  return rule?.fallback !== undefined && JSON.stringify(rule.fallback) === JSON.stringify(value);
}
