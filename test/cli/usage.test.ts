/** Bad usage and bad files: one sentence with a stable code, exit 2, never a stack trace. */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeError } from '../../src/cli/failure.js';
import { type FailureDocument, program, repository, run, runCli, runJson, sample, temporaryFolder } from './cli.js';

const FACE = sample('aligned-a-1.png');

/** Arguments that fail, their code, and words of the sentence. */
const FAILURES: readonly { name: string; args: readonly string[]; code: string; says: RegExp }[] = [
  {
    name: 'unknown option',
    args: ['verify', FACE, FACE, '--flop'],
    code: 'USAGE',
    says: /--flop.*--flip.*verify --help/,
  },
  { name: 'unknown command', args: ['verfy', FACE, FACE], code: 'USAGE', says: /verfy.*verify.*mobilefacenet --help/ },
  { name: 'missing argument', args: ['verify', FACE], code: 'USAGE', says: /missing required argument 'b'/ },
  { name: 'one argument too many', args: ['verify', FACE, FACE, FACE], code: 'USAGE', says: /too many arguments/ },
  { name: 'no image', args: ['embed'], code: 'USAGE', says: /missing required argument/ },
  { name: 'missing required option', args: ['eval', '--images', '.'], code: 'USAGE', says: /--pairs/ },
  { name: 'option without value', args: ['verify', FACE, FACE, '--model'], code: 'USAGE', says: /argument missing/ },
  {
    name: 'threshold that is no number',
    args: ['verify', FACE, FACE, '--threshold', 'high'],
    code: 'BAD_NUMBER',
    says: /"high".*-1 to 1/,
  },
  { name: 'threshold too high', args: ['verify', FACE, FACE, '--threshold', '1.5'], code: 'BAD_NUMBER', says: /"1.5"/ },
  { name: 'threshold that is empty', args: ['verify', FACE, FACE, '--threshold', ''], code: 'BAD_NUMBER', says: /""/ },
  {
    name: 'missing image',
    args: ['verify', FACE, 'nobody.jpg'],
    code: 'FILE_NOT_FOUND',
    says: /^nobody\.jpg: does not exist/,
  },
  {
    name: 'missing model',
    args: ['verify', FACE, FACE, '--model', 'none.param'],
    code: 'FILE_NOT_FOUND',
    says: /^none\.param/,
  },
  {
    name: 'missing pairs',
    args: ['eval', '--pairs', 'no.txt', '--images', '.'],
    code: 'FILE_NOT_FOUND',
    says: /^no\.txt/,
  },
  { name: 'folder as image', args: ['verify', FACE, repository], code: 'NOT_A_FILE', says: /is a folder/ },
  {
    name: 'text as image',
    args: ['embed', join(repository, 'package.json')],
    code: 'NOT_AN_IMAGE',
    says: /accepted are JPEG, PNG, WebP/,
  },
  { name: 'image as model', args: ['inspect', FACE], code: 'NOT_A_MODEL', says: /aligned-a-1\.png/ },
  {
    name: 'image without a face',
    args: ['verify', FACE, join(repository, 'test/image/fixtures/rgb-8.png')],
    code: 'NO_FACE',
    says: /rgb-8\.png: no face is found.*37×21/,
  },
];

describe('failures', () => {
  it.each(FAILURES)('$name: $code', async ({ args, code, says }) => {
    const text = await runCli(...args);
    expect(text).toMatchObject({ code: 2, stdout: '' });
    expect(text.stderr).toMatch(new RegExp(`^[A-Z][A-Za-z]+Error ${code}: .*\\.\\n$`));
    const json = await runJson<FailureDocument>(args[0]!, ...args.slice(1));
    expect(json.code).toBe(2);
    expect(Object.keys(json.document)).toEqual(['error']);
    expect(Object.keys(json.document.error)).toEqual(['code', 'message']);
    expect(json.document.error.code).toBe(code);
    expect(json.document.error.message).toMatch(says);
  });

  it('a text file named .jpg and a JPEG cut in the middle are refused', async () => {
    const folder = temporaryFolder();
    const text = join(folder, 'text.jpg');
    const cut = join(folder, 'cut.jpg');
    writeFileSync(text, 'no picture');
    writeFileSync(cut, readFileSync(sample('person-a-1.jpg')).subarray(0, 9000));
    const codes = [];
    for (const path of [text, cut]) codes.push((await runJson<FailureDocument>('embed', path)).document.error.code);
    expect(codes).toEqual(['NOT_AN_IMAGE', 'TRUNCATED_IMAGE']);
  });

  it('an unexpected error is one sentence too', () => {
    const failure = describeError(new TypeError('x is not a function\nat somewhere'), ['verify']);
    expect(failure.code).toBe('INTERNAL');
    expect(failure.message).toMatch(/^unexpected: x is not a function; .*MOBILEFACENET_DEBUG=1.*\.$/);
    expect(describeError('text', []).message).toContain('unexpected: text;');
  });

  it('a stack trace comes only when asked for', async () => {
    const debugged = await run(process.execPath, [program, 'embed', 'nobody.jpg'], repository, {
      MOBILEFACENET_DEBUG: '1',
    });
    expect(debugged.stderr).toMatch(/^InputError FILE_NOT_FOUND: [^\n]+\n[\s\S]+\n {4}at /);
    expect((await runCli('embed', 'nobody.jpg')).stderr).not.toContain('    at ');
  });
});

describe('the program', () => {
  it('prints help and version on stdout, exit 0', async () => {
    const help = await runCli('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['verify', 'embed', 'eval', 'import', 'inspect']) expect(help.stdout).toContain(`  ${name} `);
    expect(await runCli('verify', '--help')).toMatchObject({ code: 0, stderr: '' });
    const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
    expect(await runCli('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('without a command prints help on stderr, exit 2', async () => {
    const { code, stdout, stderr } = await runCli();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: mobilefacenet');
  });

  it('takes an image whose name begins with a dash after --', async () => {
    const folder = temporaryFolder();
    copyFileSync(FACE, join(folder, '--json'));
    const { code, stdout } = await run(process.execPath, [program, 'embed', '--', '--json'], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^--json {2}128 numbers/);
  });

  it('ends quietly where its reader has gone', async () => {
    const faces = Array<string>(20).fill(FACE);
    const child = spawn(process.execPath, [program, 'embed', ...faces, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.stdout.destroy();
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('finds its weights from any working folder', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'weights'));
    expect((await run(process.execPath, [program, 'embed', FACE], folder)).code).toBe(0);
  });
});
