/** The weights that this package ships, found in one place and refused with one code. */
import { builtin } from '../builtin.js';
import { InputError } from '../errors.js';

/** The package's name, below which its weights are exported. */
const PACKAGE = 'mobilefacenet';

/** Weights of this package, by what they are for. */
export const PACKAGED = { model: 'mobilefacenet.safetensors', detector: 'mtcnn.safetensors' } as const;

/**
 * The path of the package's own embedder or detector. Throws InputError NO_DEFAULT_WEIGHTS where there are no files, or
 * these are missing.
 */
export function packagedWeights(option: keyof typeof PACKAGED): string {
  const file = PACKAGED[option];
  const modules = builtin('module');
  const advice = `pass the option "${option}": the address or bytes of ${PACKAGE}/weights/${file}`;
  if (!modules) {
    throw new InputError('NO_DEFAULT_WEIGHTS', `default weights cannot be found without a file system; ${advice}.`);
  }
  try {
    return modules.createRequire(import.meta.url).resolve(`${PACKAGE}/weights/${file}`);
  } catch (cause) {
    throw new InputError('NO_DEFAULT_WEIGHTS', `${file} of this package is missing; ${advice}.`, { cause });
  }
}
