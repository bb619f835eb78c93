import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { adwin } from '../../../policies/changes/adwin.js';
import { cusum } from '../../../policies/changes/cusum.js';
import type { ChangeDetector, DetectorState } from '../../../policies/changes/detector.js';
import { pageHinkley } from '../../../policies/changes/page-hinkley.js';

const detectors: readonly [string, (saved?: DetectorState) => ChangeDetector][] = [
  ['cusum', (saved) => cusum({}, saved)],
  ['page-hinkley', (saved) => pageHinkley({}, saved)],
  ['adwin', (saved) => adwin({}, saved)],
];

/** Residuals that stand, jump and stand again, so that alarms do come. */
const residuals = fc
  .array(fc.tuple(fc.double({ min: -4, max: 4, noNaN: true }), fc.integer({ min: 1, max: 80 })), {
    minLength: 1,
    maxLength: 6,
  })
  .chain((levels) =>
    fc
      .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 20, maxLength: 20 })
      .map((noise) =>
        levels.flatMap(([level, count]) => Array.from({ length: count }, (_, i) => level + noise[i % 20]!)),
      ),
  );

const fed = (detector: ChangeDetector, values: readonly number[]) => values.map((value) => detector.add(value));

describe.each(detectors)('%s', (_, create) => {
  test('never speaks of more residuals than came since its last alarm', () => {
    fc.assert(
      fc.property(residuals, (values) => {
        let seen = 0;
        for (const since of fed(create(), values)) {
          seen++;
          expect(since).toBeGreaterThanOrEqual(0);
          expect(since).toBeLessThanOrEqual(seen);
          if (since > 0) seen = 0;
        }
      }),
    );
  });

  test('finds a fall where it finds a rise: the mirror image of a stream has the same alarms', () => {
    fc.assert(
      fc.property(residuals, (values) => {
        expect(
          fed(
            create(),
            values.map((value) => -value),
          ),
        ).toEqual(fed(create(), values));
      }),
    );
  });

  test('goes on from its state at any moment as if it had never stopped', () => {
    fc.assert(
      fc.property(residuals, fc.nat(), (values, cut) => {
        const at = cut % values.length;
        const first = create();
        fed(first, values.slice(0, at));
        const second = create(JSON.parse(JSON.stringify(first.state)) as DetectorState);
        expect(fed(second, values.slice(at))).toEqual(fed(first, values.slice(at)));
        expect(second.state).toEqual(first.state);
      }),
    );
  });

  test('keeps its state finite', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 200 }), (values) => {
        const detector = create();
        fed(detector, values);
        expect(detector.state.every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

test('the window of adwin is its residuals: counts and sums of the buckets are theirs', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 1, maxLength: 300 }),
      (values) => {
        const detector = adwin({ confidence: 1e-12 });
        expect(fed(detector, values).every((since) => since === 0)).toBe(true);
        const { state } = detector;
        const sum = (from: number) => state.filter((_, i) => i % 3 === from).reduce((total, value) => total + value, 0);
        expect(sum(0)).toBe(values.length);
        expect(sum(1)).toBeCloseTo(
          values.reduce((total, value) => total + value, 0),
          9,
        );
      },
    ),
  );
});
