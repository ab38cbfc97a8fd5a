/** How results read: rows, counts, durations, sizes; and numbers given as options. */
import { describe, expect, it } from 'vitest';
import { parseNumber } from '../../src/cli/options.js';
import { alignRows, formatBytes, formatCounted, formatDuration } from '../../src/cli/text.js';

describe('text', () => {
  it('aligns rows, wraps long ones below their own column and leaves out absent ones', () => {
    const rows = alignRows([
      ['a', 'one'],
      ['longer', 'word '.repeat(30).trim()],
      ['absent', undefined],
    ]);
    const [first, second, third, ...others] = rows.split('\n');
    expect(first).toBe('a       one');
    expect(second).toBe(`longer  ${'word '.repeat(18).trim()}`);
    expect(third).toBe(`        ${'word '.repeat(12).trim()}`);
    expect(others).toEqual([]);
  });

  it.each([
    [0.04, '0.0 ms'],
    [23.4, '23 ms'],
    [999.4, '999 ms'],
    [4120, '4.1 s'],
    [59_960, '1 min 0 s'],
    [125_000, '2 min 5 s'],
  ])('%d ms is %s', (elapsedMs, text) => expect(formatDuration(elapsedMs)).toBe(text));

  it.each([
    [812, '812 bytes'],
    [51_234, '51.2 kB'],
    [3_973_376, '3.97 MB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it('counts in the right number', () => {
    expect([formatCounted(1, 'image'), formatCounted(7701, 'image')]).toEqual(['1 image', '7,701 images']);
  });
});

describe('numbers given as options', () => {
  it.each(['0', '-1', '1', '.5', '+0.25', '1e-3', ' 0.5 '])('%j is accepted', (text) => {
    expect(parseNumber(text, '--threshold', -1, 1)).toBe(Number(text));
  });

  it.each(['', ' ', '1.01', '-2', 'NaN', 'Infinity', '0x1', '0.5.1', '1,5', '--json', '5%'])(
    '%j is refused',
    (text) => {
      expect(() => parseNumber(text, '--threshold', -1, 1)).toThrow(expect.objectContaining({ code: 'BAD_NUMBER' }));
    },
  );
});
