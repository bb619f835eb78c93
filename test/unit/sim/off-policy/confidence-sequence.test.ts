import { describe, expect, it } from 'vitest';

import { ConfidenceSequence } from '../../../../sim/off-policy/intervals/confidence-sequence.js';

describe('a confidence sequence', () => {
  // Computed apart, in two passes over the formula of the file with ζ of scipy; uncut, the bound would be 0.543326.
  it('expects no more than 1 of the next round, whatever large weights brought the running mean to', () => {
    const sequence = new ConfidenceSequence({ minimum: 0, maximum: 1 });
    for (let i = 0; i < 800; i++) sequence.add(i % 8 === 0 ? 8 : 0, 1);
    expect(sequence.interval(0.95).low).toBeCloseTo(0.545742, 5);
  });

  it.each([0.1, 0.5, 0.9, 0.99])(
    'rests on an inequality that holds down to −1 and not below, with λ = %s',
    (lambda) => {
      const excess = (xi: number) =>
        Math.exp(lambda * xi + (lambda + Math.log(1 - lambda)) * xi * xi) - 1 - lambda * xi;
      // At −1 and 0 both sides are equal, but for rounding.
      for (let xi = -1; xi <= 20; xi += 0.01) expect(excess(xi), `ξ = ${xi}`).toBeLessThan(1e-12);
      expect(excess(-1.1)).toBeGreaterThan(1e-5);
    },
  );
});
