/** Profiles measured on a split of the table, to seed the router before it is driven on another. */
import type { ProfileRow } from '../../routing/profile.js';
import { tableMetrics, type TableModel } from '../../../sim/table/table.js';
import type { Survey } from './survey.js';
import type { Tally } from './tally.js';

export interface ProfileOrigin {
  /** Whether requests will name their task; without it one row per arm over all tasks. */
  readonly perTask: boolean;
  readonly source: string;
  /** As 2026-11-23. */
  readonly measured_on: string;
}

/** Means per arm and task, or per arm. */
export function measuredProfiles(survey: Survey, models: readonly TableModel[], origin: ProfileOrigin): ProfileRow[] {
  const groups: [task: string | undefined, tally: Tally][] = origin.perTask
    ? [...survey.byTask].map(([task, tally]) => [task === '' ? undefined : task, tally])
    : [[undefined, survey.overall]];
  return groups.flatMap(([task, tally]) =>
    models.map(({ name }, model) => ({
      arm: name,
      ...(task === undefined ? {} : { task }),
      metrics: meansOf(tally, model),
      samples: tally.rows,
      source: origin.source,
      measured_on: origin.measured_on,
      method: 'means over the rows of a full-information table',
    })),
  );
}

function meansOf(tally: Tally, model: number): Record<string, number> {
  const means = tableMetrics.map((metric) => [metric, tally.mean(metric, model)] as const);
  // No request is free of energy or takes no time: a mean of 0 says that it was not measured.
  const measured = means.filter(([metric, mean]) => mean !== undefined && (mean > 0 || !neverZero.includes(metric)));
  return Object.fromEntries(measured) as Record<string, number>;
}

const neverZero: readonly string[] = ['energy_j', 'latency_ms'];
