import { describe, expect, it } from 'vitest';

import { adwin } from '../../policies/changes/adwin.js';
import { cusum } from '../../policies/changes/cusum.js';
import type { ChangeDetector } from '../../policies/changes/detector.js';
import { pageHinkley } from '../../policies/changes/page-hinkley.js';
import { chanceOf } from '../../sim/random.js';

/** `LONG=1 npx vitest run test/statistical/change-detection.test.ts` for a million of each; ADWIN takes a minute then. */
const long = process.env['LONG'] !== undefined;

/** Residuals, by detector: ADWIN looks at a whole window each time. */
const detectors: readonly [string, number, () => ChangeDetector][] = [
  ['cusum', 1_000_000, () => cusum()],
  ['page-hinkley', 1_000_000, () => pageHinkley()],
  ['adwin', long ? 1_000_000 : 200_000, () => adwin()],
];

function alarms(length: number, detector: ChangeDetector, residual: (chance: ReturnType<typeof chanceOf>) => number) {
  const chance = chanceOf(5, 'stationary');
  let count = 0;
  for (let i = 0; i < length; i++) if (detector.add(residual(chance)) > 0) count++;
  return count;
}

describe.each(detectors)('%s on a stationary stream of %i residuals', (_, length, create) => {
  /** Below one false alarm in 10⁵ outcomes. */
  const most = length / 1e5;

  it('raises less than one false alarm in 10⁵ when they are normal', () => {
    expect(alarms(length, create(), (chance) => chance.normal())).toBeLessThan(most);
  });

  it.each([0.5, 0.8, 0.9, 0.95])('does so when outcomes are right or wrong and %s are right', (rate) => {
    const deviation = Math.sqrt(rate * (1 - rate));
    const residual = (chance: ReturnType<typeof chanceOf>) => ((chance.number() < rate ? 1 : 0) - rate) / deviation;
    expect(alarms(length, create(), residual)).toBeLessThan(most);
  });
});
