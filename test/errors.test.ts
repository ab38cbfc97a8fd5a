/** Errors: every code is listed with the classes that have it, the table in docs is fresh, messages stay on one line. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../src/errorCodes.js';
import { InputError, printable } from '../src/errors.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src');
const sources = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && path !== 'errorCodes.ts')
  .map((path) => readFileSync(join(source, path), 'utf8'));

const THROWN = /new (\w+Error)\(\s*(?:\d+,\s*)?'([A-Z][A-Z0-9_]*)'/g;

/** The classes that the sources throw with a code written beside them. */
function classesInSources(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const text of sources) {
    for (const [, name, code] of text.matchAll(THROWN)) {
      found.set(code!, (found.get(code!) ?? new Set()).add(name!));
    }
  }
  return found;
}

describe('error codes', () => {
  const thrown = classesInSources();
  const all = sources.join('\n');

  it.each(Object.entries(ERROR_CODES))('%s is thrown, by the classes that are listed', (code, [classes]) => {
    const listed = classes.split(', ');
    const found = [...(thrown.get(code) ?? [])];
    expect(listed).toEqual(expect.arrayContaining(found));
    const elsewhere = all.split(`'${code}'`).length - 1 - found.length;
    expect(found.length + elsewhere).toBeGreaterThan(0);
    if (elsewhere <= 0) expect(found.sort()).toEqual(listed);
  });

  it('no code is thrown that is not listed', () => {
    expect([...thrown.keys()].filter((code) => !(code in ERROR_CODES))).toEqual([]);
    expect(thrown.size).toBeGreaterThan(100);
  });

  it('docs/errors.md is made of them', () => {
    execFileSync(process.execPath, ['scripts/run.js', 'scripts/errorTable.ts', '--check'], { cwd: root });
  });
});

describe('messages', () => {
  it('stay on one line and show every character, whatever a name holds', () => {
    const name = 'a\nb\r\u001b[31m\u0085\u202e\u2028\u0007.jpg';
    const { message } = new InputError('FILE_NOT_FOUND', `${name}: does not exist.`);
    expect(message).toBe('a\\nb\\r\\u001b[31m\\u0085\\u202e\\u2028\\u0007.jpg: does not exist.');
    expect(printable(message)).toBe(message);
    expect(printable('Zoë, 山田, Ḁ')).toBe('Zoë, 山田, Ḁ');
  });
});
