/** The objective that a drive weighs outcomes with. */
import { tableMetrics } from '../../../sim/table/table.js';
import { didYouMean } from '../../routing/nearest-name.js';
import type { Objective } from '../../routing/spec.js';
import { UsageError } from '../failures.js';
import type { Survey } from './survey.js';

/** One dollar per thousand requests is worth a quarter of an accuracy point. */
const defaultDollarWeight = -250;

export interface ObjectiveWish {
  readonly objective?: Objective;
  /** Accuracy points that an average request to the hungriest model shall cost. */
  readonly energyWeight?: number;
}

/**
 * @param models how many the table has
 * @throws UsageError for an unknown metric, or when energy is to be weighed and no model's is known
 */
export function objectiveOfTable(wish: ObjectiveWish, survey: Survey, models: number): Objective {
  if (wish.objective !== undefined) return known(wish.objective);
  if (wish.energyWeight !== undefined) return { accuracy: 1, energy_j: -wish.energyWeight / hungriest(survey, models) };
  const places = Array.from({ length: models }, (_, model) => model);
  const priced = places.every((model) => survey.overall.knows('cost_usd', model));
  return priced ? { accuracy: 1, cost_usd: defaultDollarWeight } : { accuracy: 1 };
}

/** @throws UsageError for a metric that no table has: the router would be refused, by a name that nobody wrote */
function known(objective: Objective): Objective {
  const strange = Object.keys(objective).find((name) => !(tableMetrics as readonly string[]).includes(name));
  if (strange === undefined) return objective;
  const listed = tableMetrics.join(', ');
  throw new UsageError(`expected --objective of ${listed}, got "${strange}"${didYouMean(strange, tableMetrics)}`);
}

/** Mean joules per request of the model that uses most. */
function hungriest({ overall }: Survey, models: number): number {
  const means = Array.from({ length: models }, (_, model) => overall.mean('energy_j', model) ?? 0);
  const most = Math.max(...means);
  if (most > 0) return most;
  throw new UsageError(
    '--energy-weight needs a table that says what energy its models use (energy_j), and this one says it of none; ' +
      'leave it out, or weigh what the table has with --objective, as accuracy=1,cost_usd=-250',
  );
}
