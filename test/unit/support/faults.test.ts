import { describe, expect, it } from 'vitest';

import { readOptions } from '../../chaos/options.js';
import { allFaults, drawFault } from '../../chaos/faults/registry.js';
import { emptyReport, isKept } from '../../chaos/report.js';
import { seededRandom } from '../../support/random.js';

describe('the faults that are drawn', () => {
  const draw = (seed: number, count: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: count }, () => drawFault(random).kind);
  };

  it('are the same ones for the same seed, and others for another', () => {
    expect(draw(5, 100)).toEqual(draw(5, 100));
    expect(draw(5, 100)).not.toEqual(draw(6, 100));
  });

  it('have names of their own, and come as often as they weigh', () => {
    const kinds = allFaults.map(({ kind }) => kind);
    expect(new Set(kinds).size).toBe(kinds.length);
    const drawn = draw(1, 20_000);
    const whole = allFaults.reduce((sum, { weight }) => sum + weight, 0);
    for (const { kind, weight } of allFaults) {
      const share = weight / whole;
      const found = drawn.filter((name) => name === kind).length / drawn.length;
      // Five standard errors of a share of 20,000 draws.
      expect(Math.abs(found - share), kind).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / drawn.length));
    }
  });
});

describe('the report of a run', () => {
  it('says that the promises were kept only where nothing at all is wrong', () => {
    const report = emptyReport(1, 4);
    expect(isKept(report)).toBe(true);
    for (const count of [
      'lost',
      'doubled',
      'state_mismatches',
      'decisions_not_reproduced',
      'hung',
      'called_duplicate',
    ] as const)
      expect(isKept({ ...report, [count]: 1 }), count).toBe(false);
    expect(isKept({ ...report, violations: ['something else'] })).toBe(false);
  });
});

describe('the command line of a run', () => {
  it('has defaults, and takes what it is given', () => {
    expect(readOptions([])).toMatchObject({ faults: 200, replicas: 4, json: undefined, journal: undefined });
    const given = ['--faults', '3000', '--seed', '7', '--json', 'a.json', '--journal', 'b.log'];
    expect(readOptions(given)).toEqual({ faults: 3000, seed: 7, replicas: 4, json: 'a.json', journal: 'b.log' });
  });

  it.each([
    ['--faults', 'many'],
    ['--faults', '0'],
    ['--seed', '1.5'],
    ['--replicas', '3'],
    ['--faults', ''],
    ['--fault', '3'],
  ])('refuses %s %j', (...args) => {
    expect(() => readOptions(args)).toThrow(args[0]);
  });
});
