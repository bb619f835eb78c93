/** What happens half way: the models that static profiles choose are no longer what was measured. */
import { priceChange } from '../../disturbances/price-change.js';
import { qualityChange } from '../../disturbances/quality-change.js';
import type { WorldCell } from '../../worlds/profile-world.js';
import type { World } from '../../worlds/world.js';
import { tasksOf } from './contestants.js';

/** They keep this share of their accuracy, as after a bad update, and use so many times the energy, as on a shared host. */
export const kept = 0.7;
export const dearer = 2;

/** The most accurate model of each task: what the static selector takes without a budget of energy. */
export function chosenByProfiles(cells: readonly WorldCell[]): ReadonlySet<string> {
  return new Set(
    tasksOf(cells).map(
      (task) =>
        cells
          .filter((cell) => cell.task === task)
          .reduce((best, cell) => (cell.means.accuracy! > best.means.accuracy! ? cell : best)).arm,
    ),
  );
}

/** From request `from` on, on every task that they do; nobody is told. */
export function withDrift(world: World, cells: readonly WorldCell[], from: number): World {
  return [...chosenByProfiles(cells)].reduce((disturbed, arm) => {
    const worse = qualityChange(disturbed, { arm, becomes: { times: kept }, window: { from } });
    return priceChange(worse, { arm, metric: 'energy_j', factor: dearer, window: { from }, told: false });
  }, world);
}

/** The cells as they are from then on. */
export function drifted(cells: readonly WorldCell[]): WorldCell[] {
  const chosen = chosenByProfiles(cells);
  return cells.map((cell) => {
    if (!chosen.has(cell.arm)) return cell;
    const { accuracy, energy_j } = cell.means;
    return { ...cell, means: { ...cell.means, accuracy: kept * accuracy!, energy_j: dearer * energy_j! } };
  });
}
