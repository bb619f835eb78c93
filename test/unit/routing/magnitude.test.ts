/** How large the numbers of a declaration may be: the schema says it, and at its bounds everything stays finite. */
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';

import type { JsonSchema } from '../../../src/http/validation/json-schema.js';
import { mismatches } from '../../../src/http/validation/mismatch.js';
import { assertBelievable } from '../../../src/routing/first-view.js';
import { fold } from '../../../src/routing/learn.js';
import { RouterSpec } from '../../../src/routing/spec.js';
import { StatisticsTable } from '../../../src/routing/statistics-table.js';
import { routerErrors } from '../../../src/routing/validate-spec.js';
import { ask, newId, routerOf, rowsFor, specOf, viewOf } from '../../support/routing.js';

const now = Date.parse('2026-11-27T00:00:00Z');
const change = { at: '2026-11-26T00:00:00Z', arm: 'small', metric: 'cost_usd' };
const changed = (member: object): Partial<RouterSpec> => ({ changes: [{ ...change, ...member }] });
const priced = (small: number, large: number): Partial<RouterSpec> => ({
  arms: [
    { id: 'small', list_price: { cost_usd: small } },
    { id: 'large', list_price: { cost_usd: large } },
  ],
});
const metric = (member: object): Partial<RouterSpec> => ({
  metrics: [{ name: 'cost_usd', unit: 'USD', minimum: 0, maximum: 1, ...member }],
});
const schema: TSchema = RouterSpec;
const check = Compile(schema);

describe('a declaration with a number that cannot be reckoned with', () => {
  it.each<[Partial<RouterSpec>, string, string]>([
    [changed({ scale: 1e308 }), '/changes/0/scale', 'a number ≥ 1e-24 and ≤ 1e+24, got 1e+308'],
    [changed({ scale: 5e-324 }), '/changes/0/scale', 'a number ≥ 1e-24 and ≤ 1e+24, got 5e-324'],
    [changed({ offset: 1e160 }), '/changes/0/offset', 'a number ≥ -1e+24 and ≤ 1e+24, got 1e+160'],
    [changed({ level_outcomes: 5e-324 }), '/changes/0/level_outcomes', 'a number ≥ 0.001 and ≤ 1000000000, got 5e-324'],
    [priced(1e308, 1), '/arms/0/list_price/cost_usd', 'a number ≥ 1e-24 and ≤ 1e+24, got 1e+308'],
    [priced(1, 5e-324), '/arms/1/list_price/cost_usd', 'a number ≥ 1e-24 and ≤ 1e+24, got 5e-324'],
    [{ objective: { accuracy: 1e308 } }, '/objective/accuracy', 'a number ≥ -1e+24 and ≤ 1e+24, got 1e+308'],
    [{ objective: { energy_j: -1e305 } }, '/objective/energy_j', 'a number ≥ -1e+24 and ≤ 1e+24, got -1e+305'],
    [metric({ maximum: 1e120 }), '/metrics/0/maximum', 'a number ≥ -1e+24 and ≤ 1e+24, got 1e+120'],
    [metric({ noise: 1e308 }), '/metrics/0/noise', 'a number ≥ 1e-24 and ≤ 1e+24, got 1e+308'],
    [{ prior: { precision: 5e-324 } }, '/prior/precision', 'a number ≥ 0.001 and ≤ 1000000, got 5e-324'],
    [{ prior: { precision: 1e-310 } }, '/prior/precision', 'a number ≥ 0.001 and ≤ 1000000, got 1e-310'],
    [{ prior: { trust: 1e300 } }, '/prior/trust', 'a number ≥ 0 and ≤ 1000, got 1e+300'],
    [{ prior: { borrow: 1e300 } }, '/prior/borrow', 'a number ≥ 0 and ≤ 1000000, got 1e+300'],
  ])('is refused at the member, with its range: %j', (over, pointer, expectation) => {
    const spec = specOf(over);
    expect(check.Check(spec)).toBe(false);
    const found = mismatches(schema as JsonSchema, spec);
    expect(found).toContainEqual({ pointer, detail: `expected ${expectation}` });
  });
});

/** Outcomes of both arms, at the ends of the ranges of their metrics. */
function taught(over: Partial<RouterSpec>): StatisticsTable {
  const router = routerOf(over);
  const table = new StatisticsTable();
  const view = viewOf(router);
  for (let i = 0; i < 20; i++) {
    const decision = ask(view, { candidates: [i % 2 === 0 ? 'small' : 'large'] }, newId());
    const cost = router.metrics[3].maximum;
    for (const row of rowsFor(router, decision, { accuracy: i % 3 === 0 ? 0 : 1, cost_usd: i % 4 === 0 ? 0 : cost }))
      fold(table, router.spec, row, 1);
  }
  return table;
}

const extremes: readonly Partial<RouterSpec>[] = [
  { prior: { precision: 1e-3, trust: 1e3, cap: 1e6, borrow: 1e6 } },
  { policy: { name: 'thompson', width: 1e6 }, objective: { accuracy: 1e24, energy_j: -1e24, cost_usd: 5e-324 } },
  {
    ...metric({ maximum: 1e24, noise: 1e-24 }),
    objective: { cost_usd: -1e24 },
    policy: { name: 'linucb', width: 1e6 },
    ...changed({ scale: 1e24, offset: 1e24 }),
  },
  {
    ...metric({ maximum: 1e24 }),
    ...priced(1e-24, 1e24),
    ...changed({ scale: 1e24, offset: 1e24 }),
    objective: { cost_usd: -1e24 },
    policy: { name: 'thompson', width: 1e6 },
  },
  { ...metric({ maximum: 1e-24, noise: 1e24 }), objective: { cost_usd: 1e24 } },
  { prior: { precision: 1e6, trust: 0, cap: 5e-324 } },
  { ...priced(1e-24, 1e24), ...changed({ scale: 1e24, offset: -1e24, level_outcomes: 1e-3 }) },
  { ...priced(1e24, 1e-24), ...changed({ scale: 1e-24, offset: 1e24, level_outcomes: 1e9 }) },
];

describe('a declaration whose numbers lie at the ends of their ranges', () => {
  it.each(extremes)('is believed in, and gives finite answers: %j', (over) => {
    const spec = specOf(over);
    expect(check.Check(spec)).toBe(true);
    expect(routerErrors(spec)).toEqual([]);
    const profiles = [
      { arm: 'small', task: 'qa', metrics: { accuracy: 1 }, samples: 1e9, source: 'x', measured_on: '2026' },
      { arm: 'large', metrics: { accuracy: 0.2, energy_j: 1e7 }, samples: 1, source: 'x', measured_on: '2026' },
    ];
    const router = routerOf(over, { profiles });
    for (const epoch of [0, 1]) {
      const { ranking } = ask(viewOf(router, taught(over), epoch));
      for (const { probability, utility, deviation } of ranking)
        expect([probability, utility, deviation].every(Number.isFinite), JSON.stringify(ranking)).toBe(true);
    }
  });
});

describe('a policy that refuses its options', () => {
  it('is a problem of the declaration, not of the program', () => {
    const policy = { name: 'thompson' as const, width: 1e7 };
    expect(() => routerOf({ policy })).toThrow(
      expect.objectContaining({ code: 'invalid-router', message: expect.stringMatching(/between 0 and 1000000, got/) }),
    );
  });
});

describe('the first view of a declaration', () => {
  it('is a problem of the declaration where no belief can be formed', () => {
    const over = changed({ offset: 1e308 });
    const table = taught({});
    expect(() => assertBelievable(routerOf(over), table, now)).toThrow(
      expect.objectContaining({ code: 'invalid-router', message: expect.stringMatching(/must be finite.*bring the/) }),
    );
    expect(() => assertBelievable(routerOf(), table, now)).not.toThrow();
  });
});
