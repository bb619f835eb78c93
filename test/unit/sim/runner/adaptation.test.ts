import { describe, expect, it } from 'vitest';

import { adaptation, adaptations } from '../../../../sim/runner/adaptation.js';

/** Regret of so many requests each. */
const regretOf = (...stretches: readonly (readonly [value: number, requests: number])[]): Float64Array =>
  Float64Array.from(stretches.flatMap(([value, requests]) => new Array<number>(requests).fill(value)));

describe('the adaptation time', () => {
  it('is when the next hundred requests are within 0.02 of the level of the second half', () => {
    // A window of 100 that holds n requests of 0.4 has a mean of 0.1 + 0.003 n: within 0.02 from n = 6 down.
    const found = adaptation(regretOf([0.4, 150], [0.1, 850]));
    expect(found.requests).toBe(150 - 6);
    expect(found.level).toBeCloseTo(0.1, 12);
    expect(found.lost).toBeCloseTo(150 * 0.3, 9);
  });

  it('is nought for a run that has settled already, at however bad a level', () => {
    expect(adaptation(regretOf([0.5, 600]))).toMatchObject({ requests: 0, level: 0.5 });
  });

  it('tolerates two standard errors of a window where outcomes scatter', () => {
    // Every second request regrets 1: a deviation of 0.5, so 0.1 in a window of 100. A shift of 0.08 is within.
    const scattered = Float64Array.from({ length: 1000 }, (_, i) => (i % 2) + (i < 300 ? 0.08 : 0));
    expect(adaptation(scattered).requests).toBe(0);
    const more = Float64Array.from({ length: 1000 }, (_, i) => (i % 2) + (i < 300 ? 0.2 : 0));
    expect(adaptation(more).requests).toBeGreaterThan(200);
  });

  it('is taken from each change to the next, with a narrower window where there is little room', () => {
    const regret = regretOf([0, 100], [0.9, 10], [0, 30], [0.3, 60]);
    const changes = [
      { request: 100, label: 'worse' },
      { request: 140, label: 'worse still' },
    ];
    const [first, second] = adaptations({ changes, regret, length: 200 });
    // A window of 10, a quarter of 40; at most 0.02 of its mean is 0.2 of a request at 0.9.
    expect(first).toMatchObject({ from: 100, to: 140, label: 'worse', requests: 10 });
    expect(second).toMatchObject({ from: 140, to: 200, requests: 0 });
    expect(second!.level).toBeCloseTo(0.3, 12);
  });
});
