import { describe, expect, it } from 'vitest';

import { foldsFor, OutcomeModel } from '../../../../sim/off-policy/outcome-model.js';

const shape = { arms: 2, dimension: 2, outcomes: 1 };
const x = (task: number) => Int16Array.of(4096, task * 4096);
const fitted = (rounds: readonly { arm: number; task: number; value: number }[]) => {
  const model = new OutcomeModel(shape, 5);
  rounds.forEach(({ arm, task, value }, i) => model.add(i, arm, x(task), [value]));
  for (const step of model.fit()) expect(step).toBeUndefined();
  return model;
};

describe('the outcome model', () => {
  it('learns what each arm is worth in each task', () => {
    const rounds = Array.from({ length: 4_000 }, (_, i) => {
      const [arm, task] = [i % 2, (i >> 1) % 2];
      return { arm, task, value: 0.2 + 0.3 * arm + 0.4 * task * (1 - arm) };
    });
    const model = fitted(rounds);
    expect(model.predict(0, 0, 0, x(0))).toBeCloseTo(0.2, 2);
    expect(model.predict(0, 0, 0, x(1))).toBeCloseTo(0.6, 2);
    expect(model.predict(0, 1, 0, x(1))).toBeCloseTo(0.5, 2);
  });

  it('never predicts a round from its own outcome', () => {
    const rounds = Array.from({ length: 40 }, (_, i) => ({ arm: i % 2, task: 0, value: 0.5 }));
    const before = fitted(rounds).predict(7, 1, 0, x(0));
    const after = fitted(rounds.map((round, i) => (i === 7 ? { ...round, value: 100 } : round)));
    expect(after.predict(7, 1, 0, x(0))).toBe(before);
    const moved = rounds.filter((_, i) => after.predict(i, 1, 0, x(0)) !== before).length;
    expect(moved).toBeGreaterThan(20);
  });

  it('takes an arm that was never logged for an average one', () => {
    const model = fitted(Array.from({ length: 50 }, (_, i) => ({ arm: 0, task: 0, value: i % 2 })));
    expect(model.predict(0, 1, 0, x(0))).toBeGreaterThan(0.3);
    expect(model.predict(0, 1, 0, x(0))).toBeLessThan(0.7);
  });

  it('uses fewer folds, or says that it cannot, where sums would not fit into memory', () => {
    expect(foldsFor({ arms: 16, dimension: 64, outcomes: 1 })).toBe(5);
    expect(foldsFor({ arms: 200, dimension: 384, outcomes: 1 })).toBe(2);
    expect(foldsFor({ arms: 1000, dimension: 1024, outcomes: 1 })).toBe(0);
  });
});
