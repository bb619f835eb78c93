/** The regret on test without a budget as a table: who learns, what was published, who is told everything, who learns nothing. */
import type { PageTable } from '../../report/page.js';
import type { Estimate } from '../../report/student.js';
import type { PlainRegret } from './plain-regret.js';

interface ColdRegret {
  readonly regret: Estimate;
  readonly with_label_alone_and_profiles: Estimate;
  readonly published: { readonly seeded: number; readonly cold: number; readonly random: number };
  /** A learner that is told every model's score, by what requests bring. */
  readonly told_every_score: { readonly prompt: Estimate; readonly label: Estimate; readonly both: Estimate };
  readonly plain: PlainRegret;
}

export function coldTable({ regret, published, told_every_score: told, plain, ...cold }: ColdRegret): PageTable {
  return {
    caption: 'Regret on test without a budget, against the best per prompt',
    head: ['who', 'regret', '95 % interval'],
    rows: [
      overSeeds('Tradewind, cold, by the prompt', regret),
      overSeeds('Tradewind, by the task label, from profiles of val', cold.with_label_alone_and_profiles),
      one('published, cold', published.cold),
      one('published, seeded', published.seeded),
      one('published, at random', published.random),
      overSeeds("told every model's score, by the prompt", told.prompt),
      overSeeds("told every model's score, by the task label", told.label),
      overSeeds("told every model's score, by both", told.both),
      one('at random', plain.random),
      one('the best model alone', plain.best_model),
      one('the best of each task, in hindsight', plain.best_per_task),
    ],
  };
}

const overSeeds = (who: string, { mean, low, high }: Estimate): string[] => [
  who,
  mean.toFixed(1),
  `${low.toFixed(1)} – ${high.toFixed(1)}`,
];
const one = (who: string, regret: number): string[] => [who, regret.toFixed(1), '–'];
