import { describe, expect, it } from 'vitest';

import { evaluate } from '../../../../sim/off-policy/evaluate.js';
import { playedRouter } from '../../../../sim/off-policy/targets/played-router.js';
import type { RouterSpec } from '../../../../src/routing/spec.js';
import { logGround } from '../../../../sim/tuning/log-ground.js';
import { asDeclared } from '../../../../sim/tuning/setting.js';
import { arms, drawnRounds, logOf, reading } from '../off-policy/log-of.js';

const spec: RouterSpec = {
  id: 'r',
  arms: arms.map((id) => ({ id })),
  features: [{ name: 'task', type: 'category', values: ['code', 'qa'] }],
  metrics: [{ name: 'reward', unit: '1', minimum: 0, maximum: 1 }],
  objective: { reward: 1 },
};
const log = logOf(drawnRounds(300, [0.4, 0.3, 0.3]));

describe('a log as the ground of a tuning', () => {
  it('values a setting at the doubly robust estimate of choosing the best that it believes in', async () => {
    const { ground, rounds } = await logGround({ log, reading, spec });
    const parts = await Promise.all(
      (['tuning', 'held-out'] as const).map((part) => ground.measure([asDeclared], part)),
    );
    const values = parts.flatMap(([measured]) => measured!.values);
    expect(rounds).toBe(300);
    expect(values).toHaveLength(300);
    const greedy = playedRouter({
      name: 'greedy',
      arms,
      parts: {
        ...{ tenant: '', revision: 1, profiles: [], encoders: new Map(), secret: new Uint8Array(16) },
        spec: { ...spec, policy: { name: 'greedy' }, floor: 0 },
      },
    });
    const { estimates } = await evaluate(log, reading, greedy, { estimators: ['dr'] });
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeCloseTo(estimates[0]!.value!, 12);
  });

  it('judges the second half of the rounds by what was learned in the first', async () => {
    const { ground } = await logGround({ log, reading, spec });
    const [[early], [late]] = await Promise.all(
      (['tuning', 'held-out'] as const).map((part) => ground.measure([asDeclared], part)),
    );
    // The best arm is right in 80 of 100; within four standard errors of 150 rounds at weights of 10/3.
    const mean = late!.values.reduce((sum, value) => sum + value, 0) / late!.values.length;
    expect(Math.abs(mean - 0.8)).toBeLessThan(4 * Math.sqrt(((10 / 3) * 0.16) / 150));
    expect(late!.values).not.toEqual(early!.values);
    expect(Object.keys(late!.metrics)).toEqual(['cost_usd']);
  });

  it('plays a setting once for both halves', async () => {
    let runs = 0;
    const { ground } = await logGround({ log, reading, spec, onRun: () => runs++ });
    await ground.measure([asDeclared, { name: 'ridge 9', members: { prior: { precision: 9 } } }], 'tuning');
    await ground.measure([{ name: 'again', members: {} }], 'held-out');
    expect(runs).toBe(2);
  });

  it('says why a log cannot answer', async () => {
    const silent = logOf(drawnRounds(100, [0.4, 0.3, 0.3]).map((round) => ({ ...round, propensity: NaN })));
    const { ground } = await logGround({ log: silent, reading, spec });
    await expect(ground.measure([asDeclared], 'tuning')).rejects.toThrow(/don't say with which probability/);
  });
});
