import { describe, expect, it } from 'vitest';

import { linearWorld } from '../../../../sim/worlds/linear-world.js';
import { profileWorld } from '../../../../sim/worlds/profile-world.js';
import { play } from '../../../../sim/runner/play.js';
import { chanceOf } from '../../../../sim/random.js';
import type { World } from '../../../../sim/worlds/world.js';

const stepsOf = (world: World, seed = 1) => [...world.steps(chanceOf(seed, 'world'))];
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a world of profiles', () => {
  const world = profileWorld({
    name: 'two arms',
    length: 4000,
    cells: [
      { arm: 'a', task: 'x', means: { accuracy: 0.8, energy_j: 50 } },
      { arm: 'b', task: 'x', means: { accuracy: 0.5, energy_j: 5 } },
      { arm: 'a', task: 'y', means: { accuracy: 0.3, energy_j: 60 } },
    ],
  });

  it('scatters around the profiled means', () => {
    const steps = stepsOf(world).filter(({ context }) => context.task === 'x');
    // Four standard errors: of a share of 2,000, and of a mean that scatters by a fifth.
    expect(Math.abs(mean(steps.map(({ outcomes }) => outcomes.accuracy![0]!)) - 0.8)).toBeLessThan(0.036);
    expect(Math.abs(mean(steps.map(({ outcomes }) => outcomes.energy_j![0]!)) - 50)).toBeLessThan(0.9);
  });

  it('knows nothing of an arm on a task without a cell, and says what it expects', () => {
    const step = stepsOf(world).find(({ context }) => context.task === 'y')!;
    expect(step.outcomes.accuracy![1]).toBeNaN();
    expect(step.expected!.accuracy![0]).toBe(0.3);
  });

  it('refuses a cell given twice, and a world without any', () => {
    const cell = { arm: 'a', task: 'x', means: { accuracy: 1 } };
    expect(() => profileWorld({ name: 'w', length: 1, cells: [cell, cell] })).toThrow(/two cells/);
    expect(() => profileWorld({ name: 'w', length: 1, cells: [] })).toThrow(RangeError);
  });
});

describe('a linear world', () => {
  const world = linearWorld({ arms: 4, dimension: 5, length: 1500, seed: 2 });

  it('is the same for the same seeds, with means in [0.1, 0.9]', () => {
    expect(stepsOf(world)[7]).toEqual(stepsOf(world)[7]);
    expect(stepsOf(world)[7]).not.toEqual(stepsOf(world, 2)[7]);
    for (const { expected } of stepsOf(world)) {
      for (const value of expected!.accuracy!) expect(Math.abs(value - 0.5)).toBeLessThanOrEqual(0.4);
    }
  });

  it.each([0, 0.1, 0.3, 1])('expects what comes on average, also where noise of %s is cut off at 0 and 1', (noise) => {
    const noisy = linearWorld({ arms: 2, dimension: 1, length: 40_000, noise, seed: 3 });
    // Towards the middle counts as less on either side of it: requests are as often above as below.
    const differences = stepsOf(noisy).map(({ outcomes, expected }) => {
      const [value, mean] = [outcomes.accuracy![0]!, expected!.accuracy![0]!];
      return Math.sign(mean - 0.5) * (value - mean);
    });
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    // Four standard errors; a value between 0 and 1 scatters by half at most.
    expect(Math.abs(mean)).toBeLessThanOrEqual((4 * Math.min(noise, 0.5)) / Math.sqrt(differences.length));
  });

  it('is learned by a router whose belief is linear: regret flattens', () => {
    const spec = {
      id: 'r',
      arms: world.arms.map((id) => ({ id })),
      features: [{ name: 'x', type: 'vector' as const, dimension: 5 }],
      objective: { accuracy: 1 },
    };
    const { regret } = play({ world, router: { spec, profiles: [], encoders: new Map() }, seed: 1 });
    const sum = (from: number, to: number) => regret.subarray(from, to).reduce((total, value) => total + value, 0);
    expect(regret.every((value) => value >= 0)).toBe(true);
    expect(sum(1200, 1500)).toBeLessThan(0.35 * sum(0, 300));
  });
});
