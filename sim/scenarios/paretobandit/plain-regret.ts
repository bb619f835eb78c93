/**
 * The regret on test of who learns nothing: Σ over prompts (score of the prompt's best model − expected score of the
 * choice), as in the published figures; by it choosing at random costs what they say that it does.
 */
import { sum } from 'simple-statistics';

import type { TableRow } from '../../table/table.js';
import type { ParetoData } from './data.js';

export interface PlainRegret {
  /** Every model as often. */
  readonly random: number;
  /** The one model that is best on average, in hindsight. */
  readonly best_model: number;
  /** The best model of each task, in hindsight. */
  readonly best_per_task: number;
}

/** @param data at least one row of test */
export function plainRegret({ test }: Pick<ParetoData, 'test'>): PlainRegret {
  const tasks = [...new Set(test.map(({ task }) => task))];
  const best = sum(test.map((row) => Math.max(...scoresOf(row))));
  const byModel = totals(test);
  const perTask = tasks.map((task) => Math.max(...totals(test.filter((row) => row.task === task))));
  return {
    random: best - sum(byModel) / byModel.length,
    best_model: best - Math.max(...byModel),
    best_per_task: best - sum(perTask),
  };
}

/** Sum of scores of each model. */
function totals(rows: readonly TableRow[]): number[] {
  return Array.from(scoresOf(rows[0]!), (_, k) => sum(rows.map((row) => scoresOf(row)[k]!)));
}

const scoresOf = (row: TableRow): Float64Array => row.outcomes.accuracy;
