/** One way to play against another on the same seeds: by budget and phase, and over all of them, seed by seed. */
import { mean as meanOf } from 'simple-statistics';

import { entry } from '../../../src/routing/map-entry.js';
import type { PageTable } from '../../report/page.js';
import { estimate, pairedDifference, type Estimate } from '../../report/student.js';
import type { Job, PlayedJob } from './experiment.js';

export interface RewardDifference {
  readonly reward: number;
  readonly reward_ci95: readonly [low: number, high: number];
}

export interface PairedRewards extends RewardDifference {
  readonly rows: readonly (RewardDifference & { readonly budget: number; readonly phase: number })[];
}

interface Cell {
  readonly budget: number;
  readonly phase: number;
  /** One a seed. */
  readonly pairs: (readonly [one: number, other: number])[];
}

/**
 * Mean reward of one less that of the other, of seeds that both have. Cells of one seed share its order of requests and are not independent: over
 * all of them a seed counts once, with the mean of its cells.
 */
export function pairedRewards(those: readonly PlayedJob[], others: readonly PlayedJob[]): PairedRewards {
  const ofOthers = new Map(others.map((played) => [keyOf(played.job), played.run]));
  const cells = new Map<string, Cell>();
  const bySeed = new Map<number, number[]>();
  for (const { job, run } of those) {
    const other = ofOthers.get(keyOf(job));
    if (!other) continue;
    run.phases.forEach(({ phase, utility }, place) => {
      if (phase === warmUp) return;
      const pair = [utility, other.phases[place]!.utility] as const;
      const budget = job.variant.budget!;
      const cell = entry(cells, `${budget} ${phase}`, () => ({ budget, phase: numberOf(phase), pairs: [] }));
      cell.pairs.push(pair);
      entry(bySeed, job.seed, () => []).push(pair[0] - pair[1]);
    });
  }
  return {
    ...figures(estimate([...bySeed.values()].map(meanOf))),
    rows: [...cells.values()].map(({ budget, phase, pairs }) => ({
      ...{ budget, phase },
      ...figures(
        pairedDifference(
          pairs.map(([one]) => one),
          pairs.map(([, other]) => other),
        ),
      ),
    })),
  };
}

/** @param what is less what, in words */
export function pairedTable(what: string, { rows, ...whole }: PairedRewards): PageTable {
  const line = (budget: string, phase: string, { reward, reward_ci95: [low, high] }: RewardDifference) => [
    ...[budget, phase, reward.toFixed(4)],
    `${low.toFixed(4)} – ${high.toFixed(4)}`,
  ];
  return {
    caption: `Reward ${what}, seed by seed`,
    head: ['budget, $ per request', 'phase', 'difference', '95 % interval'],
    rows: [
      ...rows.map((row) => line(row.budget.toExponential(3), row.phase === 0 ? 'test' : String(row.phase), row)),
      line('all', 'all', whole),
    ],
  };
}

const warmUp = 'val';
const keyOf = ({ variant: { budget }, seed }: Job): string => `${budget} ${seed}`;
/** 0 for the whole test split, as in the rows of results. */
const numberOf = (phase: string): number => (phase === 'test' ? 0 : Number(phase));

const figures = ({ mean, low, high }: Estimate): RewardDifference => ({ reward: mean, reward_ci95: [low, high] });
