import { describe, expect, it } from 'vitest';

import { cusum } from '../../policies/changes/cusum.js';
import { chanceOf } from '../../sim/random.js';

const LENGTH = 1_000_000;
/** Below one false alarm in 10⁵ outcomes. */
const MOST = LENGTH / 1e5;

function alarms(residual: (chance: ReturnType<typeof chanceOf>) => number): number {
  const chance = chanceOf(5, 'stationary');
  const detector = cusum();
  let count = 0;
  for (let i = 0; i < LENGTH; i++) if (detector.add(residual(chance)) > 0) count++;
  return count;
}

describe('cusum on a stationary stream of a million residuals', () => {
  it('raises less than one false alarm in 10⁵ when they are normal', () => {
    expect(alarms((chance) => chance.normal())).toBeLessThan(MOST);
  });

  it.each([0.5, 0.8, 0.9, 0.95])('does so when outcomes are right or wrong and %s are right', (rate) => {
    const deviation = Math.sqrt(rate * (1 - rate));
    expect(alarms((chance) => ((chance.number() < rate ? 1 : 0) - rate) / deviation)).toBeLessThan(MOST);
  });
});
