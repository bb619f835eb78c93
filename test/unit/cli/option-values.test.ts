import { describe, expect, it } from 'vitest';

import { positiveInteger, seedCount, wholeNumber } from '../../../src/cli/option-values.js';

describe('an option that is a whole number', () => {
  it.each([
    [wholeNumber, 'Expected a whole number from 0.', ['-1', '1.5', 'x', '']],
    [positiveInteger, 'Expected a whole number from 1.', ['-1', '1.5', 'x', '', '0']],
    [
      seedCount,
      'Expected a whole number from 2: at least 2 seeds, to know how far they differ.',
      ['-1', 'x', '0', '1'],
    ],
  ])('is told one and the same least number, whatever came', (read, message, texts) => {
    for (const text of texts) expect(() => read(text)).toThrow(message);
    expect(read('2')).toBe(2);
  });
});
