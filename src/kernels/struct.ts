/** Argument structs as data: fields of four bytes in order, filled with addresses and numbers. */

/** A place that is known only as an offset into a region until it is bound; `null` where there is none. */
export type Address = { readonly region: Region; readonly offsetBytes: number } | null;

/** The regions whose bases a lane supplies. */
export type Region = 'arena' | 'scratch' | 'weights';

/** How a field's four bytes are read. */
export type FieldKind = 'address' | 'int32' | 'float32';

/** The fields of a struct in memory order. */
export interface StructLayout<T> {
  readonly name: string;
  readonly fields: readonly { readonly name: keyof T & string; readonly kind: FieldKind }[];
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
