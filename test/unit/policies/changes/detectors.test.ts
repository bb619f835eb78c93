import { describe, expect, it } from 'vitest';

import { adwin } from '../../../../policies/changes/adwin.js';
import { cusum } from '../../../../policies/changes/cusum.js';
import type { ChangeDetector, DetectorState } from '../../../../policies/changes/detector.js';
import { pageHinkley } from '../../../../policies/changes/page-hinkley.js';
import { chanceOf } from '../../../../sim/random.js';

const detectors: readonly [string, (saved?: DetectorState) => ChangeDetector][] = [
  ['cusum', (saved) => cusum({}, saved)],
  ['page-hinkley', (saved) => pageHinkley({}, saved)],
  ['adwin', (saved) => adwin({}, saved)],
];

/** Feeds normal residuals around a mean; the place of the first alarm and its count. */
function feed(
  detector: ChangeDetector,
  mean: number,
  length: number,
  seed = 1,
): { at: number; count: number } | undefined {
  const chance = chanceOf(seed, 'residuals');
  for (let at = 1; at <= length; at++) {
    const count = detector.add(mean + chance.normal());
    if (count > 0) return { at, count };
  }
  return undefined;
}

describe.each(detectors)('%s', (name, create) => {
  it.each([1.5, -1.5])('finds a mean that moved by %s deviations within 60 residuals, and says since when', (mean) => {
    const detector = create();
    expect(feed(detector, 0, 500)).toBeUndefined();
    const found = feed(detector, mean, 100, 2)!;
    expect(found.at).toBeLessThan(name === 'adwin' ? 60 : 30);
    expect(Math.abs(found.count - found.at)).toBeLessThan(15);
  });

  it('takes no single residual for a change, however large', () => {
    const detector = create();
    feed(detector, 0, 100);
    expect(detector.add(1e12)).toBe(0);
    expect(feed(detector, 0, 300, 3)).toBeUndefined();
  });

  it('starts afresh after an alarm', () => {
    const detector = create();
    feed(detector, 0, 200);
    feed(detector, 2, 100, 2);
    expect(feed(detector, 0, 300, 4)).toBeUndefined();
  });

  it('goes on from its state as if it had never stopped', () => {
    const [whole, first] = [create(), create()];
    for (const detector of [whole, first]) feed(detector, 0.3, 100);
    const second = create(JSON.parse(JSON.stringify(first.state)) as DetectorState);
    expect(second.run).toBe(whole.run);
    expect(feed(second, 1.2, 100, 5)).toEqual(feed(whole, 1.2, 100, 5));
    expect(second.state).toEqual(whole.state);
  });

  it('refuses a state that is none', () => {
    expect(() => create([1])).toThrow(RangeError);
    const used = create();
    used.add(1);
    expect(() => create(used.state.map(() => NaN))).toThrow(RangeError);
  });

  it.each([NaN, Infinity])('refuses %s', (residual) => {
    expect(() => create().add(residual)).toThrow(RangeError);
  });
});

it.each([{ allowance: 0 }, { threshold: -1 }, { threshold: NaN }])('refuses the options %o', (options) => {
  expect(() => cusum(options)).toThrow(RangeError);
  expect(() => pageHinkley(options)).toThrow(RangeError);
});

it.each(detectors.slice(0, 2))('%s lets moves below the allowance pass', (_, create) => {
  expect(feed(create(), 0.2, 2000)).toBeUndefined();
});

describe('adwin', () => {
  it('is told no size of change: a small move is found too, after longer', () => {
    const detector = adwin();
    expect(feed(detector, 0, 3000)).toBeUndefined();
    const found = feed(detector, 0.25, 6000, 2)!;
    expect(found.at).toBeGreaterThan(200);
    expect(Math.abs(found.count - found.at)).toBeLessThan(found.at / 2);
  });

  it('remembers a long window in few numbers, and every residual in it', () => {
    const detector = adwin();
    feed(detector, 0, 20_000);
    expect(detector.run).toBe(20_000);
    // At most five buckets of each of 15 sizes, of three numbers each.
    expect(detector.state.length).toBeLessThanOrEqual(3 * 5 * 15);
  });

  it.each([0, 1, NaN, -0.1])('refuses the confidence %s', (confidence) => {
    expect(() => adwin({ confidence })).toThrow(RangeError);
  });

  it.each([[[3, 0, 0]], [[1, 0, 0, 2, 0, 0]], [[1, 0, -1]], [[1, 0]]])('refuses the buckets %j', (saved) => {
    expect(() => adwin({}, saved)).toThrow(RangeError);
  });
});
