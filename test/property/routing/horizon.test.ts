/** What is forgotten altogether is in no view, so memory may let it go: no view can tell. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { epochOf, epochWeight, REMEMBERED_EPOCHS } from '../../../policies/linear/forgetting.js';
import type { LiveRouter as Live } from '../../../src/runtime/live-router.js';
import { LiveRouter } from '../../../src/runtime/live-router.js';
import { earliestPresent, oldestSeen, recordedChanges } from '../../../src/routing/changes/recorded.js';
import { presentEpoch } from '../../../src/routing/epoch.js';
import { horizonOf, isBeyond, SPARE_EPOCHS } from '../../../src/routing/horizon.js';
import { fold } from '../../../src/routing/learn.js';
import type { OutcomeRow } from '../../../src/routing/outcome.js';
import type { Router } from '../../../src/routing/router.js';
import { StatisticsTable, type Cell } from '../../../src/routing/statistics-table.js';
import { outcome } from '../../support/outcomes.js';
import { routerOf, viewOf } from '../../support/routing.js';

const start = 1_760_000_000_000;
const epochMs = 1_000;
const halfLife = `${(8 * epochMs) / 1000}s`;

describe('the oldest epoch that counts', () => {
  const changes = fc
    .array(fc.nat(900), { maxLength: 12 })
    .map((seconds) =>
      seconds
        .sort((a, b) => a - b)
        .map((second) => ({ at: new Date(start + second * epochMs).toISOString(), arm: 'small', metric: 'accuracy' })),
    );

  it('is the first whose weight is at least 2⁻⁴⁰, changes of arms apart', () => {
    fc.assert(
      fc.property(changes, fc.nat(1000), (declared, second) => {
        const recorded = recordedChanges(declared, 8 * epochMs);
        const router = routerOf({ half_life: halfLife, changes: declared });
        const present = presentEpoch(router, start + second * epochMs);
        const seen = { changes: recorded, present, forgets: true };
        const past = recorded.filter(({ epoch }) => epoch <= present);
        const weight = (epoch: number) =>
          epochWeight(epoch + past.filter((change) => change.epoch > epoch).length, present);
        const oldest = oldestSeen(seen);
        expect(weight(oldest)).toBeGreaterThanOrEqual(2 ** -40);
        expect(weight(oldest - 1)).toBeLessThan(2 ** -40);
        expect(oldestSeen({ ...seen, forgets: false })).toBe(-Infinity);
        // Whatever lies before it is missed by no view from here on, and by one in the epoch before the earliest.
        const earliest = earliestPresent(oldest, seen);
        expect(earliest).toBeLessThanOrEqual(present);
        expect(oldestSeen({ ...seen, present: earliest })).toBeGreaterThanOrEqual(
          past.every(({ epoch }) => epoch <= earliest) ? oldest : -Infinity,
        );
      }),
    );
  });

  it('is forty half-lives ago where nothing changed', () => {
    const present = epochOf(start, 8 * epochMs);
    expect(oldestSeen({ changes: [], present, forgets: true })).toBe(present - REMEMBERED_EPOCHS);
  });
});

/** Everything that a log would tell, and what is read of it. */
class Stored {
  readonly all = new StatisticsTable();
  constructor(private readonly router: Router) {}

  add(row: OutcomeRow, sign: 1 | -1): void {
    fold(this.all, this.router.spec, row, sign);
  }

  read(now: number): { readonly cells: Cell[]; readonly horizon: ReturnType<typeof horizonOf> } {
    const horizon = horizonOf(this.router, presentEpoch(this.router, now));
    return { cells: copies(this.all.cells().filter(({ key }) => !isBeyond(horizon, key))), horizon };
  }
}

const copies = (cells: readonly Cell[]): Cell[] => {
  const table = new StatisticsTable();
  for (const cell of cells) table.merge(cell);
  return table.cells();
};

const beliefs = (router: Router, cells: readonly Cell[], epoch: number) => {
  const table = new StatisticsTable();
  for (const cell of cells) table.merge(cell);
  const { posteriors, outcomes } = viewOf(router, table, epoch);
  return [...posteriors.map(({ mean, covariance, trust }) => ({ mean, covariance, trust })), outcomes];
};

describe('a router that forgets', () => {
  const step = fc.record({
    /** Seconds that pass before it; now and then the clock is put back. */
    passes: fc.oneof(
      { weight: 9, arbitrary: fc.nat(200) },
      { weight: 1, arbitrary: fc.integer({ min: -900, max: -1 }) },
    ),
    /** How late the outcome comes. */
    late: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(1200) }),
    value: fc.constantFrom(0, 0.25, 1),
    arm: fc.constantFrom('small', 'large'),
    /** Corrects one of those before. */
    corrects: fc.option(fc.nat(), { nil: undefined }),
  });

  it('keeps a bounded part in memory and believes the same as one that keeps everything or was just started', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const router = routerOf({ half_life: halfLife });
        const features = Int16Array.from({ length: router.encoder.dimension }, (_, i) => (i < 2 ? 4096 : 0));
        const stored = new Stored(router);
        let now = start;
        let isDue = false;
        const live: Live = new LiveRouter({ parts: router, clock: () => now, recall: () => (isDue = true) });
        const rows: OutcomeRow[] = [];
        for (const { passes, late, value, arm, corrects } of steps) {
          now += passes * epochMs;
          const epoch = presentEpoch(router, now) - late;
          const before = corrects === undefined ? undefined : rows[corrects % rows.length];
          const row = before
            ? { ...before, value }
            : outcome('r', { arm, value, schema: router.schema, epoch, features });
          stored.add(row, 1);
          if (before) {
            stored.add(before, -1);
            rows[rows.indexOf(before)] = row;
          } else rows.push(row);
          live.learn({ added: [row], corrected: before ? [before] : [] });
          live.decide({ router: 'r', context: { task: 'qa' } }, '019a0000-0000-7000-8000-000000000000');
          if (isDue) {
            const { cells, horizon } = stored.read(now);
            live.reload(cells, {}, horizon);
            isDue = false;
          }
          const present = presentEpoch(router, now);
          expect(live.view.epoch).toBe(present);
          const believed = beliefs(router, live.statistics, present);
          expect(believed).toEqual(beliefs(router, stored.all.cells(), present));
          expect(believed).toEqual(beliefs(router, stored.read(now).cells, present));
          const oldest = present - REMEMBERED_EPOCHS - 2 * SPARE_EPOCHS;
          for (const { key } of live.statistics) expect(key.epoch).toBeGreaterThan(oldest);
        }
        live.close();
      }),
      { numRuns: 60 },
    );
  });
});
