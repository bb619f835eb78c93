import { describe, expect, it } from 'vitest';

import type { ChangeDetector } from '../../../policies/changes/detector.js';
import { ChangeFinder, mostDetected } from '../../../src/routing/changes/finder.js';
import { fold } from '../../../src/routing/learn.js';
import { StatisticsTable } from '../../../src/routing/statistics-table.js';
import type { Change } from '../../../src/routing/spec.js';
import { ask, idMaker, routerOf, rowsFor, specOf, viewOf } from '../../support/routing.js';

/** Every outcome is a change. */
const alarming: ChangeDetector = { add: () => 1, run: 0, state: [] };
const finder = () =>
  new ChangeFinder({ options: { detector: () => alarming, warmUp: 0 }, metrics: new Set(['accuracy']) });
const now = new Date('2026-03-01T00:00:00.000Z');
const router = routerOf();
const table = new StatisticsTable();
const nextId = idMaker();
const rowsOf = (arm: string, metrics: Record<string, number> = { accuracy: 1 }) =>
  rowsFor(router, ask(viewOf(router, table), { candidates: [arm] }, nextId()), metrics);
for (const arm of ['small', 'large']) for (const row of rowsOf(arm)) fold(table, router.spec, row, 1);
const view = viewOf(router, table);
const observe = (one: ChangeFinder, ...arms: string[]) =>
  arms.forEach((arm) => one.observe(view, rowsOf(arm)[0]!, now.getTime()));
const recorded = (count: number, at = '2026-01-01T00:00:00.000Z'): Change[] =>
  Array.from({ length: count }, () => ({ at, arm: 'small', metric: 'accuracy' }));

describe('a finder of changes', () => {
  it('takes the metrics that are watched, in the order of their decisions', () => {
    const [first, second] = [rowsOf('small', { accuracy: 1, latency_ms: 5 }), rowsOf('large')];
    expect(finder().watched([...second, ...first])).toEqual([first[0], ...second]);
  });

  it('finds a change of an arm once until it is recorded', () => {
    const one = finder();
    observe(one, 'small', 'large', 'small');
    expect(one.waiting).toBe(2);
    one.clear();
    observe(one, 'small');
    expect(one.fresh(specOf(), [], now)).toMatchObject([{ arm: 'small', metric: 'accuracy' }]);
  });

  it('dates changes no earlier than those recorded, and leaves out arms that are gone', () => {
    const one = finder();
    observe(one, 'small', 'large');
    const later = '2026-03-01T00:00:05.000Z';
    expect(one.fresh(specOf(), recorded(1, later), now).map(({ at }) => at)).toEqual([later, later]);
    expect(one.fresh(specOf({ arms: [{ id: 'large' }] }), [], now)).toMatchObject([
      { arm: 'large', at: now.toISOString() },
    ]);
  });

  it('looks for no more once a router has as many as are kept', () => {
    const one = finder();
    observe(one, 'small', 'large');
    expect(one.fresh(specOf(), recorded(mostDetected - 3), now)).toHaveLength(2);
    expect(one.isFull).toBe(false);
    expect(one.fresh(specOf(), recorded(mostDetected - 1), now)).toHaveLength(1);
    expect(one.isFull).toBe(true);
    one.clear();
    observe(one, 'small');
    expect(one.waiting).toBe(0);
  });
});
