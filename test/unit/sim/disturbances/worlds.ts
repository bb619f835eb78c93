/** A small world whose outcomes tell the request and the arm. */
import type { Step, World } from '../../../../sim/worlds/world.js';

export const countingWorld = (length = 10): World => ({
  name: 'counting',
  arms: ['a', 'b'],
  metrics: ['accuracy', 'cost_usd'],
  length,
  changes: [],
  *steps(): Generator<Step> {
    for (let i = 0; i < length; i++) {
      yield {
        phase: i < length / 2 ? 'first' : 'second',
        context: { task: 'qa' },
        outcomes: { accuracy: Float64Array.of(0.8, 0.4), cost_usd: Float64Array.of(i % 50, 10 + (i % 50)) },
      };
    }
  },
});
