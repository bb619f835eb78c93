/**
 * How often intervals hold the truth where a few rounds carry large weights: a world made for this, whose truth is known.
 * Logging chooses arm 0 with a probability that varies from 0.005 to 0.5, and its outcomes are rare; the target always
 * chooses it.
 */
import { describe, expect, it } from 'vitest';

import { ips } from '../../sim/off-policy/estimators/ips.js';
import { estimators } from '../../sim/off-policy/estimators/registry.js';
import { valueOf } from '../../sim/off-policy/estimators/terms.js';
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
  return { weights, rewards };
}

describe('intervals under large weights', () => {
  const missed = { normal: { above: 0, below: 0 }, corrected: { above: 0, below: 0 } };
  for (let i = 0; i < logs; i++) {
    const terms = ips(skewedLog(chanceOf(i, 'skewed log')));
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

describe('shrunk weights, beside a model that is a fifth too low', () => {
  const model = new Float64Array(rounds).fill(0.8 * truth);
  const found = { dr: { held: 0, error: 0 }, dros: { held: 0, error: 0 } };
  for (let i = 0; i < logs; i++) {
    const sample = { ...skewedLog(chanceOf(i, 'skewed log')), predicted: model, direct: model };
    for (const name of ['dr', 'dros'] as const) {
      const terms = estimators[name](sample);
      const { low, high } = correctedInterval(terms, 0.95);
      if (low <= truth && truth <= high) found[name].held++;
      found[name].error += (valueOf(terms) - truth) ** 2 / logs;
    }
  }

  for (const [name, { held, error }] of Object.entries(found))
    tell(`${name}: ${held} of ${logs} intervals hold the truth, mean squared error ${error.toExponential(1)}`);

  it('err a quarter as much as whole ones in the mean square', () => {
    expect(found.dros.error).toBeLessThan(found.dr.error / 4);
  });

  it('hold the truth in at least 90 of 100', () => {
    expect(found.dros.held).toBeGreaterThanOrEqual(0.9 * logs);
  });
});
