import { describe, expect, it } from 'vitest';

import { lost } from '../../../../sim/disturbances/feedback.js';
import { play } from '../../../../sim/runner/play.js';
import type { Report } from '../../../../sim/worlds/delivery.js';
import { tableWorld, type WorldRow } from '../../../../sim/worlds/table-world.js';
import type { World } from '../../../../sim/worlds/world.js';
import { chanceOf } from '../../../../sim/random.js';
import { specOf } from '../../../support/routing.js';

const arms = ['small', 'large'];

/** The small arm answers questions, only the large one writes code; the large one costs thirty times as much. */
function rowsOf(count: number): WorldRow[] {
  const chance = chanceOf(7, 'rows');
  return Array.from({ length: count }, (_, i) => {
    const task = i % 2 === 0 ? 'qa' : 'code';
    const right = (probability: number) => (chance.number() < probability ? 1 : 0);
    return {
      context: { task },
      outcomes: {
        accuracy: Float64Array.of(right(task === 'qa' ? 0.9 : 0.2), right(0.9)),
        energy_j: Float64Array.of(10, 300),
      },
    };
  });
}

const world = tableWorld({
  name: 'two tasks',
  arms,
  metrics: ['accuracy', 'energy_j'],
  phases: [{ name: 'all', rows: rowsOf(600) }],
});
const router = (over = {}) => ({ spec: specOf(over), profiles: [], encoders: new Map() });

const shareOfLarge = (choice: Uint16Array, from: number) =>
  choice.subarray(from).reduce((sum, arm) => sum + arm, 0) / (choice.length - from);

describe('a played run', () => {
  it('gives the same columns for the same seed, and others for another', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => play({ world, router: router(), seed }));
    expect(again).toEqual(first);
    expect(other!.choice).not.toEqual(first!.choice);
  });

  it('learns which arm is worth its energy for which task', () => {
    const { choice, regret } = play({ world, router: router({ policy: { name: 'thompson' } }), seed: 1 });
    expect(shareOfLarge(choice, 300)).toBeGreaterThan(0.4);
    expect(shareOfLarge(choice, 300)).toBeLessThan(0.6);
    const mean = (values: Float64Array) => values.reduce((total, value) => total + value, 0) / values.length;
    const always = (arm: string) =>
      mean(play({ world, router: router({ policy: { name: 'fixed', arm }, floor: 0 }), seed: 1 }).regret);
    expect(mean(regret)).toBeLessThan(0.6 * Math.min(always('small'), always('large')));
  });

  it('keeps what it was worth: utility is the objective applied to the true outcome', () => {
    const { utility, outcomes } = play({ world, router: router(), seed: 3 });
    utility.forEach((value, i) => {
      expect(value).toBeCloseTo(outcomes.accuracy![i]! - 0.001 * outcomes.energy_j![i]!, 12);
    });
  });

  it('decides as a router does whose view is formed after every outcome', () => {
    const running = play({ world, router: router(), seed: 4, formEvery: 64 });
    const formed = play({ world, router: router(), seed: 4, formEvery: 1 });
    const same = running.choice.filter((arm, i) => arm === formed.choice[i]).length;
    // The level of energy moves between two formings, and with it who is tried early; nothing else differs.
    expect(same).toBeGreaterThan(0.95 * world.length);
  });

  it('learns nothing from reports that come after the feedback window, as the service', () => {
    /** Every report comes as many requests, seconds, late. */
    const late = (requests: number): World => ({
      ...world,
      delivery() {
        const waiting: Report[] = [];
        return {
          send: (report) => void waiting.push(report),
          receive: (now) => (waiting[0] && waiting[0].request + requests <= now ? [waiting.shift()!] : []),
          rest: () => [],
        };
      },
    });
    const windowed = router({ feedback_window: '50s' });
    const [unheard, inTime, tooLate] = [lost(world, 1), late(50), late(51)].map((one) =>
      play({ world: one, router: windowed, seed: 6 }),
    );
    expect(tooLate).toEqual(unheard);
    expect(inTime!.choice).not.toEqual(unheard!.choice);
  });

  it('holds a budget', () => {
    const budgets = [{ metric: 'energy_j', per_request: 80 }];
    const { outcomes } = play({ world, router: router({ budgets, objective: { accuracy: 1 } }), seed: 5 });
    const mean = outcomes.energy_j!.reduce((sum, joules) => sum + joules, 0) / world.length;
    expect(mean).toBeLessThan(81);
    expect(mean).toBeGreaterThan(60);
  });
});
