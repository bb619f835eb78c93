import { describe, expect, it } from 'vitest';

import type { PlayedJob } from '../../../../sim/scenarios/paretobandit/experiment.js';
import { pairedRewards } from '../../../../sim/scenarios/paretobandit/paired.js';
import { estimate } from '../../../../sim/report/student.js';
import type { PhaseSummary, RunSummary } from '../../../../sim/runner/summary.js';

/** A run of a warm-up and two phases, of which only the rewards matter here. */
const playedAt = (budget: number, seed: number, rewards: readonly [number, number]): PlayedJob => ({
  job: { world: 'any', variant: { budget }, seed },
  run: {
    phases: [9, ...rewards].map((utility, i) => ({ phase: ['val', '1', '2'][i], utility }) as PhaseSummary),
  } as unknown as RunSummary,
});

describe('rewards compared seed by seed', () => {
  const base = [1, 2, 3].flatMap((seed) => [playedAt(0.1, seed, [0.5, 0.5]), playedAt(0.2, seed, [0.5, 0.5])]);
  const other = [1, 2, 3].flatMap((seed) => [
    playedAt(0.1, seed, [0.5, 0.5 + seed / 10]),
    playedAt(0.2, seed, [0.5, 0.5 + seed / 5]),
  ]);

  it('are means over seeds by budget and phase, the warm-up left out', () => {
    const { rows } = pairedRewards(other, base);
    expect(rows.map(({ budget, phase }) => [budget, phase])).toEqual([
      [0.1, 1],
      [0.1, 2],
      [0.2, 1],
      [0.2, 2],
    ]);
    const { mean, low, high } = estimate([0.1, 0.2, 0.3]);
    expect(rows[1]!.reward).toBeCloseTo(mean, 12);
    rows[1]!.reward_ci95.forEach((bound, i) => expect(bound).toBeCloseTo([low, high][i]!, 12));
    expect(rows[0]!.reward_ci95).toEqual([0, 0]);
  });

  it('count a seed once over all cells, for cells of a seed are not independent', () => {
    const { reward, reward_ci95 } = pairedRewards(other, base);
    const { mean, low, high } = estimate([1, 2, 3].map((seed) => (seed / 10 + seed / 5) / 4));
    expect(reward).toBeCloseTo(mean, 12);
    reward_ci95.forEach((bound, i) => expect(bound).toBeCloseTo([low, high][i]!, 12));
  });

  it('are of the seeds that both have', () => {
    const { reward } = pairedRewards(
      other,
      base.filter(({ job }) => job.seed === 2),
    );
    expect(reward).toBeCloseTo((0.2 + 0.4) / 4, 12);
  });
});
