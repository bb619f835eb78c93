/**
 * How often intervals hold the truth where a few rounds carry large weights: a world made for this, whose truth is known.
 * Logging chooses arm 0 with a probability that varies from 0.005 to 0.5, and its outcomes are rare; the target always
 * chooses it.
 */
import { describe, expect, it } from 'vitest';

import { ips } from '../../sim/off-policy/estimators/ips.js';
import { correctedInterval } from '../../sim/off-policy/intervals/corrected.js';
import { normalInterval } from '../../sim/off-policy/intervals/normal.js';
import { chanceOf, type Chance } from '../../sim/random.js';
import { tell } from '../support/tell.js';

const rounds = 2_000;
const logs = 1_000;
const truth = 0.1;

function skewedLog(chance: Chance) {
  const weights = new Float64Array(rounds);
  const rewards = new Float64Array(rounds);
  for (let i = 0; i < rounds; i++) {
    const propensity = 0.005 * 100 ** chance.number();
    if (chance.number() < propensity) weights[i] = 1 / propensity;
    rewards[i] = chance.number() < truth ? 1 : 0;
  }
  return ips({ weights, rewards });
}

describe('intervals under large weights', () => {
  const missed = { normal: { above: 0, below: 0 }, corrected: { above: 0, below: 0 } };
  for (let i = 0; i < logs; i++) {
    const terms = skewedLog(chanceOf(i, 'skewed log'));
    const intervals = { normal: normalInterval(terms, 0.95), corrected: correctedInterval(terms, 0.95) };
    for (const name of ['normal', 'corrected'] as const) {
      if (intervals[name].high < truth) missed[name].above++;
      if (intervals[name].low > truth) missed[name].below++;
    }
  }

  for (const [name, { above, below }] of Object.entries(missed))
    tell(`${name}: of ${logs} intervals ${above} end too early above, ${below} below`);

  // 25 of 1,000 is what either end should miss, give or take 5 (one standard error).
  it('end too early above when they are plainly normal', () => {
    expect(missed.normal.above).toBeGreaterThan(100);
  });

  it('miss less than half as often above when corrected for skewness, and not much oftener below', () => {
    expect(missed.corrected.above).toBeLessThan(missed.normal.above / 2);
    expect(missed.corrected.below).toBeLessThan(40);
  });
});
