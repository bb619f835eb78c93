/** Means per arm and task over rows of a table, as an owner would import them. */
import { mean } from 'simple-statistics';

import type { ProfileRow } from '../../../src/routing/profile.js';
import { tableMetrics, type TableRow } from '../../table/table.js';

export function measuredProfiles(arms: readonly string[], rows: readonly TableRow[]): ProfileRow[] {
  const tasks = new Map<string | undefined, TableRow[]>();
  for (const row of rows) tasks.set(row.task, [...(tasks.get(row.task) ?? []), row]);
  return [...tasks].flatMap(([task, own]) =>
    arms.map((arm, k) => ({
      arm,
      ...(task === undefined ? {} : { task }),
      samples: own.length,
      source: 'rows of the table',
      measured_on: '2026',
      metrics: meansOf(own, k),
    })),
  );
}

function meansOf(rows: readonly TableRow[], arm: number): Record<string, number> {
  const means: Record<string, number> = {};
  for (const metric of tableMetrics) {
    const known = rows.map(({ outcomes }) => outcomes[metric]?.[arm] ?? NaN).filter((value) => !Number.isNaN(value));
    if (known.length > 0) means[metric] = mean(known);
  }
  return means;
}
