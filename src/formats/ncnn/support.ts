/** Which layers of a file cannot be imported, all of them at once. */
import { type ErrorCode, ModelError } from '../../errors.js';
import type { LayerImporter } from './layerImporter.js';
import { layerImporters } from './layers/index.js';
import { describeLayer, type ParamLayer } from './parseParam.js';

/** Layers that one message names; the rest are counted. */
const MOST_NAMED = 50;

/** Keys that steer ncnn's execution and change no result: shape hints (30) and the feature mask (31). */
const IGNORED_KEYS: readonly number[] = [30, 31];

/** The importer of a layer. Throws ModelError UNSUPPORTED_LAYER. */
export function importerOf(layer: ParamLayer): LayerImporter {
  const importer = layerImporters.get(layer.type);
  if (importer) return importer;
  throw new ModelError('UNSUPPORTED_LAYER', `${describeLayer(layer)}: is not a supported layer.`);
}

function checkCounts(layer: ParamLayer, importer: LayerImporter): void {
  for (const side of ['inputs', 'outputs'] as const) {
    const [least, most] = importer[side];
    const count = layer[side].length;
    if (count < least || count > most) {
      const accepted = least === most ? `${least}` : `${least} to ${most}`;
      throw new ModelError('BAD_LAYER', `${describeLayer(layer)}: has ${count} ${side}; accepted are ${accepted}.`);
    }
  }
}

function unsupportedPart(layer: ParamLayer, importer: LayerImporter): string | undefined {
  for (const key of layer.parameters.keys()) {
    if (!importer.parameters.includes(key) && !IGNORED_KEYS.includes(key)) return `parameter ${key}`;
  }
  return importer.unsupported?.(layer);
}

/**
 * Checks every layer's type, blob counts and parameters. Throws ModelError UNSUPPORTED_LAYER, or
 * UNSUPPORTED_ATTRIBUTE where all types are known, naming every layer that cannot be imported; BAD_LAYER for wrong
 * counts.
 */
export function checkSupport(layers: readonly ParamLayer[]): void {
  let code: ErrorCode = 'UNSUPPORTED_ATTRIBUTE';
  const found: string[] = [];
  for (const layer of layers) {
    const importer = layerImporters.get(layer.type);
    const at = `line ${layer.line} "${layer.name}"`;
    if (!importer) {
      code = 'UNSUPPORTED_LAYER';
      found.push(`${at} (${layer.type})`);
      continue;
    }
    checkCounts(layer, importer);
    const part = unsupportedPart(layer, importer);
    if (part !== undefined) found.push(`${at} (${layer.type} with ${part})`);
  }
  if (found.length === 0) return;
  const more = found.length > MOST_NAMED ? ` and ${found.length - MOST_NAMED} more` : '';
  const named = found.slice(0, MOST_NAMED).join(', ') + more;
  const accepted = [...layerImporters.keys()].join(', ');
  throw new ModelError(code, `${layers[0]!.file}: not supported are ${named}; supported layers are ${accepted}.`);
}
