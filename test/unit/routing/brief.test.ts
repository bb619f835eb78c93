import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { brief } from '../../../src/routing/brief.js';

describe('a brief number', () => {
  it('keeps six significant digits at any size', () => {
    expect([0.7735849056603774, -28.312345678, 117.00000001, 0.000029291234567, 1234567890, 0, 1].map(brief)).toEqual([
      0.773585, -28.3123, 117, 0.0000292912, 1234570000, 0, 1,
    ]);
  });

  it('is what a decimal of six digits reads as, and no further off than half of its last digit', () => {
    const sizes = fc.double({ min: 1e-12, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(sizes, fc.boolean(), (size, negative) => {
        const value = negative ? -size : size;
        const found = brief(value);
        expect(Number(found.toPrecision(6))).toBe(found);
        expect(Math.abs(found - value)).toBeLessThanOrEqual(Math.abs(value) * 5.0001e-6);
        expect(brief(found)).toBe(found);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves what has no such decimal as it is', () => {
    expect([5e-324, 1e305, -0].map(brief)).toEqual([5e-324, 1e305, -0]);
  });
});
