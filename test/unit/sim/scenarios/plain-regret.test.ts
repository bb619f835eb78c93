import { expect, it } from 'vitest';

import { plainRegret } from '../../../../sim/scenarios/paretobandit/plain-regret.js';
import type { TableRow } from '../../../../sim/table/table.js';

const row = (task: string, accuracy: readonly number[]): TableRow => ({
  line: 1,
  id: task,
  task,
  outcomes: { accuracy: Float64Array.from(accuracy) },
});

it('sums what is lost against the best model of each prompt, by who learns nothing', () => {
  const test = [row('qa', [1, 0]), row('qa', [0.5, 1]), row('code', [0, 1]), row('code', [0.25, 0.5])];
  const { random, best_model, best_per_task } = plainRegret({ test });
  expect(random).toBeCloseTo(3.5 - (1.75 + 2.5) / 2, 12);
  expect(best_model).toBeCloseTo(3.5 - 2.5, 12);
  expect(best_per_task).toBeCloseTo(3.5 - (1.5 + 1.5), 12);
});
