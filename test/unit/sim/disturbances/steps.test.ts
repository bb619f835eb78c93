import { describe, expect, it } from 'vitest';

import { absence } from '../../../../sim/disturbances/absence.js';
import { priceChange } from '../../../../sim/disturbances/price-change.js';
import { qualityChange } from '../../../../sim/disturbances/quality-change.js';
import { play } from '../../../../sim/runner/play.js';
import { chanceOf } from '../../../../sim/random.js';
import type { World } from '../../../../sim/worlds/world.js';
import { specOf } from '../../../support/routing.js';
import { countingWorld } from './worlds.js';

const stepsOf = (world: World) => [...world.steps(chanceOf(1, 'world'))];

describe('a price change', () => {
  const window = { from: 3, to: 6 };

  it('multiplies the metric of one arm inside its window only', () => {
    const costs = stepsOf(priceChange(countingWorld(), { arm: 'b', factor: 2, window, told: false })).map(
      ({ outcomes }) => [...outcomes.cost_usd!],
    );
    expect(costs.map(([a]) => a)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(costs.map(([, b]) => b)).toEqual([10, 11, 12, 26, 28, 30, 16, 17, 18, 19]);
  });

  it('is told when it begins and when it ends, if it is told', () => {
    const told = stepsOf(priceChange(countingWorld(), { arm: 'b', factor: 2, window, told: true })).map(
      (step) => step.told ?? [],
    );
    expect(told[3]).toEqual([{ arm: 'b', metric: 'cost_usd', factor: 2 }]);
    expect(told[6]).toEqual([{ arm: 'b', metric: 'cost_usd', factor: 0.5 }]);
    expect(told.flat()).toHaveLength(2);
  });

  it('holds in a phase of the world as well, and marks where it begins when that is known', () => {
    const phase = priceChange(countingWorld(), { arm: 'a', factor: 3, window: { phase: 'second' }, told: false });
    expect(stepsOf(phase).map(({ outcomes }) => outcomes.cost_usd![0])).toEqual([0, 1, 2, 3, 4, 15, 18, 21, 24, 27]);
    expect(
      priceChange(countingWorld(), { arm: 'b', factor: 2, window, told: true }).changes.map(({ request }) => request),
    ).toEqual([3, 6]);
  });

  it.each([0, -1, NaN, Infinity])('refuses the factor %s', (factor) => {
    expect(() => priceChange(countingWorld(), { arm: 'b', factor, window, told: false })).toThrow(RangeError);
  });

  it('refuses an arm or a metric that the world has not', () => {
    expect(() => priceChange(countingWorld(), { arm: 'c', factor: 2, window, told: false })).toThrow(/it has a, b/);
    expect(() => priceChange(countingWorld(), { arm: 'a', metric: 'joules', factor: 2, window, told: false })).toThrow(
      /joules/,
    );
  });
});

describe('a quality change', () => {
  it('replaces or shrinks the outcome, and what is expected with it, and recovers', () => {
    const world = countingWorld(4);
    const expecting: World = {
      ...world,
      *steps(chance) {
        for (const step of world.steps(chance)) yield { ...step, expected: step.outcomes };
      },
    };
    const change = { arm: 'a', becomes: { times: 0.5 }, window: { from: 1, to: 3 } };
    const steps = stepsOf(qualityChange(expecting, change));
    expect(steps.map(({ outcomes }) => outcomes.accuracy![0])).toEqual([0.8, 0.4, 0.4, 0.8]);
    expect(steps.map(({ expected }) => expected!.accuracy![0])).toEqual([0.8, 0.4, 0.4, 0.8]);
    const fixed = stepsOf(qualityChange(world, { ...change, becomes: { value: 0.75 } }));
    expect(fixed.map(({ outcomes }) => outcomes.accuracy![0])).toEqual([0.8, 0.75, 0.75, 0.8]);
  });
});

describe('absence', () => {
  it('takes a model away for a while, and composes with other disturbances', () => {
    const world = absence(qualityChange(countingWorld(), { arm: 'b', becomes: { value: 1 }, window: { from: 8 } }), {
      arm: 'a',
      window: { from: 2, to: 5 },
    });
    const steps = stepsOf(world);
    expect(steps.map(({ present }) => present!.length)).toEqual([2, 2, 1, 1, 1, 2, 2, 2, 2, 2]);
    expect(steps.at(-1)!.outcomes.accuracy![1]).toBe(1);
    expect(world.changes.map(({ request }) => request)).toEqual([2, 5, 8]);
  });

  it('is followed by the router: an arm that is not there is not chosen, and is when it is back', () => {
    const spec = specOf({ arms: [{ id: 'a' }, { id: 'b' }], objective: { accuracy: 1 } });
    const world = absence(countingWorld(300), { arm: 'a', window: { from: 100, to: 200 } });
    const { choice } = play({ world, router: { spec, profiles: [], encoders: new Map() }, seed: 1 });
    expect(choice.subarray(100, 200).every((arm) => arm === 1)).toBe(true);
    expect(choice.subarray(50, 100).filter((arm) => arm === 0).length).toBeGreaterThan(45);
    expect(choice.subarray(200).filter((arm) => arm === 0).length).toBeGreaterThan(90);
  });
});

it('rescales what a router learned when a price is told, so that it follows at once', () => {
  const spec = specOf({ arms: [{ id: 'a' }, { id: 'b' }], objective: { accuracy: 1, cost_usd: -0.01 } });
  const flat: World = {
    ...countingWorld(300),
    *steps(chance) {
      for (const step of countingWorld(300).steps(chance)) {
        yield { ...step, outcomes: { ...step.outcomes, cost_usd: Float64Array.of(2, 3) } };
      }
    },
  };
  const follow = (told: boolean) => {
    const world = priceChange(flat, { arm: 'a', factor: 45, window: { from: 150 }, told });
    const { choice } = play({ world, router: { spec, profiles: [], encoders: new Map() }, seed: 2 });
    return choice.subarray(150, 170).filter((arm) => arm === 1).length;
  };
  expect(follow(true)).toBeGreaterThan(17);
  expect(follow(false)).toBeLessThan(17);
});
