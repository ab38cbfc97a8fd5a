/** Reading a layer's parameters with their types, ranges and defaults. */
import { ModelError } from '../../errors.js';
import { describeValue } from '../../model/json.js';
import { describeLayer, type ParamLayer } from './parseParam.js';

/** The largest count or size that a parameter may claim. */
export const LARGEST_COUNT = 2 ** 28;

/** float32's largest finite number: ncnn's default for open bounds. */
export const LARGEST_FLOAT = 3.4028234663852886e38;

/** Throws ModelError BAD_PARAMETER. */
export function refuseParameter(layer: ParamLayer, key: number, accepted: string): never {
  const found = describeValue(layer.parameters.get(key));
  throw new ModelError(
    'BAD_PARAMETER',
    `${describeLayer(layer)}: parameter ${key} is ${found}; accepted is ${accepted}.`,
  );
}

/** A whole number within `[least, most]`. */
export function integerParameter(
  layer: ParamLayer,
  key: number,
  fallback: number,
  least: number,
  most: number,
): number {
  const value = layer.parameters.get(key) ?? fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    refuseParameter(layer, key, `a whole number from ${least} to ${most}`);
  }
  return value;
}

/** A count of at least 1, which has no default. */
export function countParameter(layer: ParamLayer, key: number): number {
  return integerParameter(layer, key, 0, 1, LARGEST_COUNT);
}

/** A number within float32's range. */
export function numberParameter(layer: ParamLayer, key: number, fallback: number): number {
  const value = layer.parameters.get(key) ?? fallback;
  if (typeof value !== 'number' || Math.abs(value) > LARGEST_FLOAT) refuseParameter(layer, key, 'a float32 number');
  return value;
}

/** A list of numbers; empty where absent. */
export function listParameter(layer: ParamLayer, key: number): readonly number[] {
  const value = layer.parameters.get(key) ?? [];
  if (typeof value === 'number') return [value];
  if (typeof value === 'string') refuseParameter(layer, key, 'a list of numbers');
  return value;
}
