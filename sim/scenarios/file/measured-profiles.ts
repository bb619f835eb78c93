/** Means per arm and task over rows of a table, as an owner would import them. */
import { mean } from 'simple-statistics';

import type { ProfileRow } from '../../../src/routing/profile.js';
import { labelAt, type SharedTable } from '../../table/shared-table.js';
import { tableMetrics } from '../../table/table.js';

/** @param places the rows */
export function measuredProfiles(arms: readonly string[], table: SharedTable, places: Uint32Array): ProfileRow[] {
  const tasks = new Map<string | undefined, number[]>();
  for (const place of places) {
    const task = labelAt(table.task, place);
    const own = tasks.get(task);
    if (own) own.push(place);
    else tasks.set(task, [place]);
  }
  return [...tasks].flatMap(([task, own]) =>
    arms.map((arm, k) => ({
      arm,
      ...(task === undefined ? {} : { task }),
      samples: own.length,
      source: 'rows of the table',
      measured_on: '2026',
      metrics: meansOf(table, own, k),
    })),
  );
}

function meansOf({ outcomes, models }: SharedTable, places: readonly number[], arm: number): Record<string, number> {
  const means: Record<string, number> = {};
  for (const metric of tableMetrics) {
    const column = outcomes[metric];
    if (!column) continue;
    const known = places.map((place) => column[place * models + arm]!).filter((value) => !Number.isNaN(value));
    if (known.length > 0) means[metric] = mean(known);
  }
  return means;
}
