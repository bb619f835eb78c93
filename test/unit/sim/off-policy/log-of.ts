/** Small logs made in memory. */
import { readingOf } from '../../../../sim/off-policy/reading.js';
import type { DecisionLog, Round } from '../../../../sim/off-policy/round.js';
import { chanceOf } from '../../../../sim/random.js';

export const arms = ['small', 'middle', 'large'];
export const values: readonly number[] = [0.2, 0.5, 0.8];

export const logOf = (rounds: readonly Round[]): DecisionLog => ({ name: 'made', arms, rounds: () => rounds });

/** Rounds that an arm of `values` was drawn for with the given probabilities, and was right or wrong. */
export function drawnRounds(count: number, probabilities: readonly number[], seed = 1): Round[] {
  const chance = chanceOf(seed, 'rounds');
  return Array.from({ length: count }, (_, i): Round => {
    const u = chance.number();
    const arm = u < probabilities[0]! ? 0 : u < probabilities[0]! + probabilities[1]! ? 1 : 2;
    return {
      line: i + 2,
      arm,
      propensity: probabilities[arm]!,
      probabilities: Float64Array.from(probabilities),
      context: { task: i % 2 === 0 ? 'qa' : 'code' },
      task: i % 2 === 0 ? 'qa' : 'code',
      outcomes: { reward: chance.number() < values[arm]! ? 1 : 0, cost_usd: 0.001 * (arm + 1) },
    };
  });
}

export const reading = readingOf({
  features: [{ name: 'task', type: 'category', values: ['code', 'qa'] }],
  objective: { reward: 1 },
  metrics: ['cost_usd'],
});
