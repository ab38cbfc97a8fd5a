/** Whether Python with PyTorch is here, and how tests run it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The repository's root, which the package `training` is imported from. */
export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Debian's own Python has Debian's PyTorch; another one that is first on the path may not. */
const CANDIDATES = [process.env.PYTHON, '/usr/bin/python3', 'python3'];

const HAS_ALL = 'import sys, torch, numpy, PIL; sys.exit(sys.version_info < (3, 9))';

function findPython(): string | undefined {
  return CANDIDATES.find((name) => name && spawnSync(name, ['-c', HAS_ALL], { stdio: 'ignore' }).status === 0);
}

/** The interpreter; `undefined` where none has PyTorch, numpy and Pillow, which is said once. */
export const python = findPython();

if (!python) {
  console.warn(
    'training/ was NOT TESTED: no Python with PyTorch, numpy and Pillow (Debian: python3-torch, python3-numpy, python3-pil).',
  );
}

/** One thread: tests run beside each other, and PyTorch's threads wait for a busy core by spinning. */
export const environment = {
  ...process.env,
  PYTHONPATH: repository,
  OMP_NUM_THREADS: '1',
  PYTHONDONTWRITEBYTECODE: '1',
};
