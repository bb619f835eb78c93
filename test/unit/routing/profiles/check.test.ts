import { describe, expect, it } from 'vitest';

import { builtInMetrics } from '../../../../src/routing/metric.js';
import { Problem } from '../../../../src/routing/problem.js';
import type { ProfileRow } from '../../../../src/routing/profile.js';
import { checkProfiles } from '../../../../src/routing/profiles/check.js';

const now = Date.UTC(2026, 10, 23);
const good: ProfileRow = {
  arm: 'small',
  task: 'support',
  metrics: { accuracy: 0.81, energy_j: 12.5, latency_ms: 240, cost_usd: 0 },
  samples: 500,
  source: 'our own test set',
  measured_on: '2026-05-31',
};

/** The errors of an import, as "pointer: detail". */
function errors(rows: unknown, arms?: string[]): string[] {
  try {
    checkProfiles(rows, builtInMetrics, { now, ...(arms ? { arms } : {}) });
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.code).toBe('invalid-profile');
    return error.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`);
  }
}
const withMetrics = (metrics: unknown) => errors([{ ...good, metrics }]);
const withMember = (member: string, value: unknown) => errors([{ ...good, [member]: value }]);

describe('checking profiles', () => {
  it('gives back rows that can be believed, as copies', () => {
    const rows = checkProfiles([good], builtInMetrics, { now, arms: ['small'] });
    expect(rows).toEqual([good]);
    expect(rows[0]!.metrics).not.toBe(good.metrics);
  });

  it('guesses percent when an accuracy is 73', () => {
    expect(withMetrics({ accuracy: 73 })).toEqual([
      '/rows/0/metrics/accuracy: expected a share between 0 and 1, got 73; 73 is probably percent: write 0.73',
    ]);
    expect(withMetrics({ accuracy: -0.1 })[0]).not.toMatch('percent');
  });

  it.each([
    [{ energy_j: -1 }, 'negative'],
    [{ energy_j: 0 }, 'leave energy_j out'],
    [{ energy_j: 2e7 }, 'is it the energy of a whole run'],
    [{ energy_j: 0.0001 }, 'is it in kWh? Then write 360 '],
    [{ latency_ms: 0 }, 'above 0'],
    [{ latency_ms: 4e6 }, 'microseconds'],
    [{ cost_usd: -1 }, 'negative'],
    [{ cost_usd: 150 }, 'price per million tokens'],
    [{ accuracy: Number.NaN }, 'got NaN'],
    [{ accuracy: Infinity }, 'got Infinity'],
    [{ accuracy: '0.8' }, 'got "0.8"'],
    [{ accurracy: 0.8 }, 'unknown metric; the router measures accuracy, energy_j'],
    [JSON.parse('{"__proto__": 1}'), 'unknown metric'],
    [{}, 'at least one metric'],
    [[0.8], 'got an array of 1'],
  ])('refuses the metrics %j', (metrics, reason) => {
    const found = withMetrics(metrics);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(reason);
  });

  it.each([
    ['samples', 0, 'whole number from 1, got 0'],
    ['samples', 1.5, 'got 1.5'],
    ['samples', '9', 'got "9"'],
    ['measured_on', '2027', 'in the future'],
    ['measured_on', '2026-11-25', 'in the future'],
    ['measured_on', '2026-02-30', 'not in the calendar'],
    ['measured_on', '23.11.2026', 'got "23.11.2026"'],
    ['measured_on', undefined, 'got nothing'],
    ['source', '', 'expected text'],
    ['arm', undefined, 'expected text, got nothing'],
    ['task', 7, 'expected text, got 7'],
    ['method', 'x'.repeat(2001), 'at most 2000 characters'],
    ['notes', 'x', 'unknown; a row has arm'],
  ])('refuses the member %s = %j', (member, value, reason) => {
    const found = withMember(member, value);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^/rows/0/${member}: `));
    expect(found[0]).toContain(reason);
  });

  it('takes a day that has begun somewhere on earth', () => {
    expect(withMember('measured_on', '2026-11-23')).toEqual([]);
    expect(withMember('measured_on', '2026')).toEqual([]);
  });

  it('refuses arms that the router does not have, and says which it has', () => {
    expect(errors([good], ['large', 'medium'])).toEqual([
      '/rows/0/arm: the router has no arm "small"; it has large, medium. Add the arm first',
    ]);
  });

  it('refuses the same arm and task twice, and tells a row over all tasks from one for a task', () => {
    const overall: Partial<ProfileRow> = { ...good };
    delete (overall as { task?: string }).task;
    expect(errors([good, overall])).toEqual([]);
    expect(errors([good, overall, good])).toEqual([
      '/rows/2: "small" on "support" is in row 0 already; pool the two into one row, with the sum of their samples',
    ]);
  });

  it('names every row at fault, up to a hundred', () => {
    const bad = { ...good, metrics: { accuracy: 2 } };
    expect(errors([bad, good, bad])).toHaveLength(2);
    expect(errors(Array(500).fill(bad))).toHaveLength(100);
    expect(() => checkProfiles(Array(500).fill(bad), builtInMetrics, { now })).toThrow('and 499 more');
  });

  it('refuses what is no array of objects', () => {
    expect(() => checkProfiles({ rows: [] }, builtInMetrics, { now })).toThrow('expected an array of profile rows');
    expect(errors([null, 3])).toHaveLength(2);
  });

  it('checks declared metrics against their range', () => {
    const metrics = [...builtInMetrics, { name: 'co2_g', unit: 'g', minimum: 0, maximum: 50 }];
    const row = (value: number) => [{ ...good, metrics: { co2_g: value } }];
    expect(checkProfiles(row(3), metrics, { now })).toHaveLength(1);
    expect(() => checkProfiles(row(51), metrics, { now })).toThrow('expected g between 0 and 50, got 51');
  });

  it('points into the body it was given', () => {
    const check = { now, at: '/profiles' };
    expect(() => checkProfiles([3], builtInMetrics, check)).toThrow('/profiles/0: expected an object');
  });
});
