import { describe, expect, it } from 'vitest';
import type { CardThreshold } from '../../src/model/card.js';
import { defaultThreshold, thresholdFor } from '../../src/model/chooseThreshold.js';

/** A threshold by its name, for the rate that was measured where there is one. */
function threshold(name: string, falseAcceptRate?: number): CardThreshold {
  return { value: 0.5, calibratedOn: name, ...(falseAcceptRate === undefined ? {} : { falseAcceptRate }) };
}

const RATED = [threshold('1e-2', 0.01), threshold('1e-4', 0.99e-4), threshold('1e-3', 1e-3), threshold('1e-6', 1e-6)];

const nameOf = (found: CardThreshold | undefined) => found?.calibratedOn;

describe('thresholdFor', () => {
  it.each([
    [1, '1e-2'],
    [1e-3, '1e-3'],
    [9e-4, '1e-4'],
    [1e-5, '1e-6'],
    [9e-7, undefined],
  ])('takes the highest rate within %d', (rate, name) => {
    expect(nameOf(thresholdFor(RATED, rate))).toBe(name);
    expect(nameOf(thresholdFor([threshold('by hand'), ...RATED.toReversed()], rate))).toBe(name);
  });
});

describe('defaultThreshold', () => {
  it('is that for 1e-4 wherever it stands', () => {
    expect(nameOf(defaultThreshold(RATED))).toBe('1e-4');
    expect(nameOf(defaultThreshold([threshold('by hand'), ...RATED.toReversed()]))).toBe('1e-4');
  });

  it('is the strictest where no rate is so low, and the first where none is known', () => {
    expect(nameOf(defaultThreshold([threshold('1e-3', 1e-3), threshold('1e-2', 1e-2)]))).toBe('1e-3');
    expect(nameOf(defaultThreshold([threshold('1e-5', 1e-5), threshold('1e-6', 1e-6)]))).toBe('1e-5');
    expect(nameOf(defaultThreshold([threshold('one'), threshold('two')]))).toBe('one');
    expect(defaultThreshold([])).toBeUndefined();
  });
});
