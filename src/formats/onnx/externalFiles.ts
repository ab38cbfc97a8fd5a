/** The files beside an ONNX file that its tensors are in. */
import { ModelError } from '../../errors.js';
import { externalLocation } from './constant.js';
import { DATA_LOCATIONS, type TensorMessage } from './messages.js';
import { readModel } from './readModel.js';

/** Files that a model's tensors may be in. */
export const MOST_EXTERNAL_FILES = 64;

/**
 * The names of the files that hold a model's external tensors, each in the model's own folder or below it.
 * Throws ModelError EXTERNAL_DATA for names that lead elsewhere, TOO_LARGE, and as `readModel` does.
 */
export function externalFiles(bytes: Uint8Array, where: string): readonly string[] {
  const { graph } = readModel(bytes, where);
  const attributes = (graph.node ?? []).flatMap(({ attribute = [] }) => attribute);
  const tensors: TensorMessage[] = [...(graph.initializer ?? []), ...attributes.flatMap(({ t }) => t ?? [])];
  const external = tensors.filter(({ dataLocation }) => dataLocation === DATA_LOCATIONS.external);
  const names = new Set(external.map((tensor) => externalLocation(tensor, where)));
  if (names.size > MOST_EXTERNAL_FILES) {
    const found = `its tensors are in ${names.size} files`;
    throw new ModelError('TOO_LARGE', `${where}: ${found}; at most ${MOST_EXTERNAL_FILES} are accepted.`);
  }
  return [...names];
}
