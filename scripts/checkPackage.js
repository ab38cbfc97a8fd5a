/**
 * Checks the package as it is packed: publint's rules, that types resolve (attw), and that they compile in a program
 * which checks them with nothing but the compiler's own.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { buildKernels, buildWorker, generatedModules } from './build.js';
import { buildPackage } from './buildPackage.js';
import { root, runTool } from './outputs.js';

/** Below the checkout, so that dependencies of the package are found where they are. */
const FOLDER = 'build/packed';

/** Packs the package, unpacks it where a program of `FOLDER` finds it, and gives the packed file. */
function packInto(folder) {
  rmSync(folder, { recursive: true, force: true });
  const installed = `${folder}/node_modules/mobilefacenet`;
  mkdirSync(installed, { recursive: true });
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8', stdio: [0, 'pipe', 2] }));
  execFileSync('tar', ['-xzf', `${folder}/${filename}`, '-C', installed, '--strip-components=1']);
  return `${folder}/${filename}`;
}

/** A program that imports every entry, in a package of its own, and settings that leave no declaration unchecked. */
function writeConsumer(folder) {
  writeFileSync(`${folder}/package.json`, '{ "private": true, "type": "module" }\n');
  const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const entries = Object.keys(exports).filter((entry) => entry !== './package.json');
  const lines = entries.map((entry, index) => `export * as e${index} from '${entry.replace('.', 'mobilefacenet')}';`);
  writeFileSync(`${folder}/program.mts`, `${lines.join('\n')}\n`);
  const compilerOptions = {
    noEmit: true,
    strict: true,
    target: 'es2022',
    module: 'nodenext',
    types: [],
    lib: ['es2023', 'dom'],
  };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files: ['program.mts'] }));
}

/** Runs attw, which says much, and shows what it said where it finds anything. */
function checkTypes(packed) {
  // The package has no part for `require`: programs in CommonJS import it.
  const esModules = ['--profile', 'esm-only', '--format', 'ascii', '--no-emoji'];
  const script = `${root}node_modules/@arethetypeswrong/cli/dist/index.js`;
  const { status, stdout } = spawnSync(process.execPath, [script, packed, ...esModules], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`attw found something:\n${stdout}`);
  console.log('attw: types of every entry resolve.');
}

async function check() {
  await buildKernels();
  await buildWorker();
  await buildPackage(generatedModules);
  const folder = `${root}${FOLDER}`;
  const packed = packInto(folder);
  writeConsumer(folder);
  await runTool('publint/src/cli.js', ['run', packed, '--strict']);
  checkTypes(packed);
  await runTool('typescript/bin/tsc', ['-p', folder]);
  console.log('tsc: a program that imports every entry compiles with all declarations checked.');
}

try {
  await check();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
