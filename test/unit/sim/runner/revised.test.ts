import { describe, expect, it } from 'vitest';

import { absence } from '../../../../sim/disturbances/absence.js';
import { priceChange } from '../../../../sim/disturbances/price-change.js';
import { chanceOf } from '../../../../sim/random.js';
import { play } from '../../../../sim/runner/play.js';
import { revised } from '../../../../sim/runner/revised.js';
import type { World } from '../../../../sim/worlds/world.js';
import type { RouterSpec } from '../../../../src/routing/spec.js';
import { specOf } from '../../../support/routing.js';
import { countingWorld } from '../disturbances/worlds.js';

const spec = specOf({
  arms: [
    { id: 'a', list_price: { cost_usd: 0.01 } },
    { id: 'b', list_price: { cost_usd: 0.02 } },
  ],
  objective: { accuracy: 1 },
});

/** The declaration at each request of a run. */
function declared(world: World, first: RouterSpec = spec): RouterSpec[] {
  let current = first;
  return [...world.steps(chanceOf(1, 'world'))].map((step, i) => (current = revised(current, first, step, i)));
}
const prices = (specs: readonly RouterSpec[]) => specs.map(({ arms }) => arms[0]!.list_price!['cost_usd']);
const states = (specs: readonly RouterSpec[]) => specs.map(({ arms }) => arms[0]!.state ?? 'active');

describe('what an owner declares while the world changes', () => {
  const away = { arm: 'a', window: { from: 4, to: 6 } };

  it.each([
    ['before it goes', { from: 2, to: 8 }, [0.01, 0.001, 0.001, 0.001, 0.01]],
    ['while it is away', { from: 5, to: 8 }, [0.01, 0.01, 0.001, 0.001, 0.01]],
  ])('keeps a price told %s for an arm that is away for a while', (_, window, expected) => {
    const dearer = { arm: 'a', factor: 0.1, window, told: true };
    for (const world of [
      absence(priceChange(countingWorld(), dearer), away),
      priceChange(absence(countingWorld(), away), dearer),
    ]) {
      const specs = declared(world);
      [1, 3, 5, 7, 9].forEach((request, i) => expect(prices(specs)[request]).toBeCloseTo(expected[i]!, 12));
      expect(states(specs)).toEqual(Array.from({ length: 10 }, (__, i) => (i === 4 || i === 5 ? 'paused' : 'active')));
    }
  });

  it('is the very declaration while nothing changes, and pauses no arm for good or wakes one', () => {
    const paused = { ...spec, arms: [{ ...spec.arms[0]!, state: 'paused' as const }, spec.arms[1]!] };
    const specs = declared(absence(countingWorld(), { arm: 'b', window: { from: 4, to: 6 } }), paused);
    expect(states(specs)).toEqual(Array.from({ length: 10 }, () => 'paused'));
    expect(specs[1]).toBe(specs[0]);
    expect(specs[5]).toBe(specs[4]);
  });

  it('lets who always chooses one arm be played while that arm is away: the best that is there serves', () => {
    const always = specOf({ ...spec, policy: { name: 'fixed', arm: 'a' }, floor: 0 });
    const world = absence(countingWorld(), away);
    const { choice } = play({ world, router: { spec: always, profiles: [], encoders: new Map() }, seed: 1 });
    expect([...choice]).toEqual([0, 0, 0, 0, 1, 1, 0, 0, 0, 0]);
  });
});
