/** Argument structs as data: fields of four bytes in order, filled with addresses and numbers. */

/** A place that is known only as an offset into a region until it is bound; `null` where there is none. */
export type Address = { readonly region: Region; readonly offsetBytes: number } | null;

/** An address some bytes further on. */
export function moved(address: Address, bytes: number): Address {
  return address && { ...address, offsetBytes: address.offsetBytes + bytes };
}

/** The regions whose bases a lane supplies. */
export type Region = 'arena' | 'scratch' | 'weights';

/** How a field's four bytes are read. */
export type FieldKind = 'address' | 'int32' | 'float32';

/** The fields of a struct in memory order. */
export interface StructLayout<T> {
  readonly fields: readonly { readonly name: keyof T & string; readonly kind: FieldKind }[];
}

/** What a struct's fields are filled with. */
export type ArgumentsOf<S> = S extends StructLayout<infer T> ? T : never;

const FIELD_KINDS = { usize: 'address', i32: 'int32', f32: 'float32' } as const;

/** The fields that words declare, as structLayout reads them. */
type Declared<Words extends string, Value> = Words extends `${infer Word} ${infer Rest}`
  ? Word extends keyof typeof FIELD_KINDS
    ? Declared<Rest, Word extends 'usize' ? Address : number>
    : { readonly [K in Word]: Value } & Declared<Rest, Value>
  : { readonly [K in Words]: Value };

/** Reads a struct's fields from their names in order, AssemblyScript's type before the first of each kind: `usize input output i32 blocks`. */
export function structLayout<const Words extends string>(declared: Words): StructLayout<Declared<Words, never>> {
  let kind: FieldKind = 'address';
  const fields: { readonly name: string; readonly kind: FieldKind }[] = [];
  for (const word of declared.split(' ')) {
    if (Object.hasOwn(FIELD_KINDS, word)) kind = FIELD_KINDS[word as keyof typeof FIELD_KINDS];
    else fields.push({ name: word, kind });
  }
  return { fields } as StructLayout<Declared<Words, never>>;
}

/** One field's value in a plan. */
export type Argument =
  | { readonly kind: 'address'; readonly value: Address }
  | { readonly kind: 'int32'; readonly value: number }
  | { readonly kind: 'float32'; readonly value: number };

/** Puts values in the order of the struct's fields. */
export function orderArguments<T extends object>(layout: StructLayout<T>, values: T): Argument[] {
  return layout.fields.map(({ name, kind }) => ({ kind, value: values[name] }) as Argument);
}

/** The regions' addresses. */
export type RegionBases = Readonly<Record<Region, number>>;

/** Writes arguments one after the other from `address` on, offsets added to their regions' bases; gives the end. */
export function writeArguments(
  fields: readonly Argument[],
  bases: RegionBases,
  view: DataView,
  address: number,
): number {
  let at = address;
  for (const field of fields) {
    if (field.kind === 'float32') view.setFloat32(at, field.value, true);
    else if (field.kind === 'int32') view.setInt32(at, field.value, true);
    else view.setUint32(at, field.value ? bases[field.value.region] + field.value.offsetBytes : 0, true);
    at += 4;
  }
  return at;
}

/** Bases for arguments whose offsets are addresses. */
export const NO_BASES: RegionBases = { arena: 0, scratch: 0, weights: 0 };
