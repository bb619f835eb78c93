/** The world of a scenario, disturbed as it says. */
import { absence } from '../../disturbances/absence.js';
import { delayed, duplicated, lost, poisoned, shuffledFeedback } from '../../disturbances/feedback.js';
import { priceChange } from '../../disturbances/price-change.js';
import { qualityChange } from '../../disturbances/quality-change.js';
import type { Window } from '../../disturbances/window.js';
import type { SharedTable } from '../../table/shared-table.js';
import { tableMetrics, type TableMetric } from '../../table/table.js';
import { linearWorld } from '../../worlds/linear-world.js';
import { profileWorld } from '../../worlds/profile-world.js';
import { sharedRows } from '../../worlds/shared-rows.js';
import { tableWorld } from '../../worlds/table-world.js';
import type { World } from '../../worlds/world.js';
import type { DisturbanceSpec, ProfileWorldSpec } from './format.js';
import type { Prepared, PreparedTable } from './prepare.js';
import { wrong } from './scenario-error.js';

/** @throws ScenarioError naming the disturbance that the world can't have */
export function buildWorld({ file, table }: Prepared): World {
  const phases = table?.phases.map(({ name }) => name) ?? ['all'];
  return (file.disturbances ?? []).reduce(
    (world, spec, i) => {
      const pointer = `/disturbances/${i}`;
      if ('phase' in spec && spec.phase !== undefined && !phases.includes(spec.phase))
        throw wrong(`${pointer}/phase`, `expected a phase of the world (${phases.join(', ')}), got "${spec.phase}"`);
      return attempt(pointer, () => disturbed(world, spec, pointer));
    },
    attempt('/world', () => calm(file, table)),
  );
}

function attempt(pointer: string, build: () => World): World {
  try {
    return build();
  } catch (error) {
    throw error instanceof RangeError ? wrong(pointer, error.message) : error;
  }
}

function calm({ name = 'scenario', world }: Prepared['file'], table: PreparedTable | undefined): World {
  switch (world.type) {
    case 'table':
      return worldOfTable(name, table!);
    case 'profiles':
      return profileWorld({ ...world, name, cells: cellsOf(world) });
    case 'linear':
      return linearWorld(world);
  }
}

/** Cells as the world of profiles takes them. */
export const cellsOf = ({ cells }: ProfileWorldSpec) =>
  cells.map(({ arm, task, ...means }) => ({ arm, task, means: means as Readonly<Record<string, number>> }));

function worldOfTable(name: string, { arms, rows, phases }: PreparedTable): World {
  const metrics = tableMetrics.filter((metric) => isKnown(rows, phases, metric));
  return tableWorld({
    name,
    arms,
    metrics,
    phases: phases.map(({ places, ...phase }) => ({ ...phase, rows: sharedRows(rows, places, metrics) })),
  });
}

/** Whether any row that is played knows the metric of any model. */
function isKnown({ outcomes, models }: SharedTable, phases: PreparedTable['phases'], metric: TableMetric): boolean {
  const column = outcomes[metric];
  if (!column) return false;
  const knows = (row: number) =>
    column.subarray(row * models, (row + 1) * models).some((value) => !Number.isNaN(value));
  return phases.some(({ places }) => places.some(knows));
}

function disturbed(world: World, spec: DisturbanceSpec, pointer: string): World {
  switch (spec.type) {
    case 'price':
      return priceChange(world, { ...spec, window: windowOf(spec), told: spec.told ?? false });
    case 'quality':
      return qualityChange(world, { ...spec, becomes: becoming(spec, pointer), window: windowOf(spec) });
    case 'absent':
      return absence(world, { arm: spec.arm, window: windowOf(spec) });
    case 'delayed':
      return delayed(world, spec.most);
    case 'lost':
      return lost(world, knownArms(world, spec.share, pointer));
    case 'duplicated':
      return duplicated(world, spec.share);
    case 'shuffled':
      return shuffledFeedback(world, spec.batch);
    case 'poisoned':
      return poisoned(world, spec);
  }
}

function windowOf({ phase, from, to }: { phase?: string; from?: number; to?: number }): Window {
  if (phase !== undefined) return { phase };
  return { from: from ?? 0, ...(to === undefined ? {} : { to }) };
}

function becoming({ times, becomes }: { times?: number; becomes?: number }, pointer: string) {
  if ((times === undefined) === (becomes === undefined))
    throw wrong(pointer, 'expected either "times", as in 0.7, or "becomes", as in 0.5');
  return times === undefined ? { value: becomes! } : { times };
}

function knownArms(world: World, share: number | Record<string, number>, pointer: string) {
  const stranger = typeof share === 'number' ? undefined : Object.keys(share).find((arm) => !world.arms.includes(arm));
  if (stranger === undefined) return share;
  throw wrong(`${pointer}/share/${stranger}`, `expected an arm of the world (${world.arms.join(', ')})`);
}
