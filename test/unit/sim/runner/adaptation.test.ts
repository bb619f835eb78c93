import { describe, expect, it } from 'vitest';

import { adaptation } from '../../../../sim/runner/adaptation.js';
import { stretches } from '../../../../sim/runner/stretch.js';
import { chanceOf } from '../../../../sim/random.js';

/** Regret of so many requests each. */
const regretOf = (...parts: readonly (readonly [value: number, requests: number])[]): Float64Array =>
  Float64Array.from(parts.flatMap(([value, requests]) => new Array<number>(requests).fill(value)));

const stretchOf = (regret: Float64Array) =>
  stretches({ changes: [{ request: 0, label: 'worse' }], regret, length: regret.length })[0]!;

/** One run of outcomes that are right or wrong, so often wrong as the curve says. */
function noisyRun(seed: number, curve: Float64Array) {
  const chance = chanceOf(seed, 'test');
  return stretchOf(curve.map((share) => (chance.number() < share ? 1 : 0)));
}

const noisyRuns = (count: number, curve: Float64Array) =>
  Array.from({ length: count }, (_, seed) => noisyRun(seed, curve));

describe('the adaptation time', () => {
  it('is when nine tenths of the worst hundred are made up', () => {
    // A window of 100 that holds n requests of 0.4 exceeds the level by 0.003 n, the worst by 0.3: a tenth from n = 10 down.
    const found = adaptation([stretchOf(regretOf([0.4, 150], [0.1, 850]))]);
    expect(found.requests).toEqual({ mean: 140, low: 140, high: 140 });
    expect(found.level.mean).toBeCloseTo(0.1, 12);
    expect(found.lost.mean).toBeCloseTo(150 * 0.3, 9);
  });

  it('begins with the worst, where a change hurts late', () => {
    const found = adaptation([stretchOf(regretOf([0.1, 200], [0.5, 200], [0.1, 600]))]);
    expect(found.requests!.mean).toBe(390);
  });

  it('is read from the mean over seeds where the noise of one run hides it', () => {
    // 0.15 more for 300 requests: 1.5 standard errors of the lost points of one run, 7 of the mean of 24.
    const runs = noisyRuns(24, regretOf([0.45, 300], [0.3, 700]));
    const { requests, lost } = adaptation(runs);
    expect(requests!.mean).toBeGreaterThan(200);
    expect(requests!.mean).toBeLessThan(330);
    expect(requests!.low).toBeLessThanOrEqual(requests!.mean);
    expect(requests!.high).toBeGreaterThanOrEqual(requests!.mean);
    expect(requests!.low).toBeGreaterThan(100);
    expect(lost.mean).toBeGreaterThan(30);
    expect(lost.low).toBeGreaterThan(0);
  });

  it('is not to be told where nothing is known to be lost', () => {
    expect(adaptation([stretchOf(regretOf([0.5, 600]))])).toMatchObject({ requests: null, level: { mean: 0.5 } });
    expect(adaptation(noisyRuns(24, regretOf([0.3, 1000]))).requests).toBeNull();
    expect(adaptation([stretchOf(regretOf([0.1, 300], [0.4, 300]))]).requests).toBeNull();
    expect(adaptation([stretchOf(regretOf([NaN, 600]))]).requests).toBeNull();
  });

  it('is the same for the same runs', () => {
    const runs = noisyRuns(6, regretOf([0.6, 100], [0.3, 500]));
    expect(adaptation(runs)).toEqual(adaptation(runs));
  });
});

describe('the stretches of a run', () => {
  it('go from each change to the next', () => {
    const regret = regretOf([0, 100], [0.9, 10], [0, 30], [0.3, 60]);
    const changes = [
      { request: 100, label: 'worse' },
      { request: 140, label: 'worse still' },
    ];
    const [first, second] = stretches({ changes, regret, length: 200 });
    expect(first).toMatchObject({ from: 100, to: 140, label: 'worse', step: 1, regret: regretOf([0.9, 10], [0, 30]) });
    expect(second).toMatchObject({ from: 140, to: 200 });
    // A window of 10, a quarter of 40; one request at 0.9 is a tenth of ten.
    expect(adaptation([first!]).requests!.mean).toBe(9);
  });

  it('of a long run have no more steps than a short one, and lose as much', () => {
    const stretch = stretchOf(regretOf([0.4, 3000], [0.1, 6990]));
    expect(stretch.step).toBe(10);
    expect(stretch.regret).toHaveLength(999);
    const { requests, lost } = adaptation([stretch]);
    expect(requests!.mean).toBe(2990);
    expect(lost.mean).toBeCloseTo(900, 6);
  });
});
