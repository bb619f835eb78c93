/**
 * Which arms are worth using for a task: those that no other arm beats on accuracy and energy at once.
 */
import type { ProfileRow } from '../profile.js';

/** An arm's figures for a task, pooled from its profile rows. */
export interface ProfilePoint {
  readonly arm: string;
  /** In [0, 1]. */
  readonly accuracy: number;
  /** Joules per request, above 0. */
  readonly energy_j: number;
  /** How many rows were pooled. */
  readonly cells: number;
}

/** An arm's rows that speak for a task, and how many of the tasks below it they cover. */
interface Cells {
  readonly rows: readonly ProfileRow[];
  readonly coverage: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The task, the tasks above it, and at last undefined: all tasks. */
function upwards(task: string | undefined): (string | undefined)[] {
  const parts = task?.split('/') ?? [];
  return [...parts.map((_, i) => parts.slice(0, parts.length - i).join('/')), undefined];
}

/** The row for the task itself; else those for the tasks below it; else the one for the nearest task above. */
function cellsFor(rows: readonly ProfileRow[], task: string | undefined): Cells {
  const rowOf = (name: string | undefined) => rows.find((row) => row.task === name);
  const [own, ...above] = upwards(task);
  const exact = rowOf(own);
  if (exact !== undefined) return { rows: [exact], coverage: Infinity };
  const inside = rows.filter((row) => task === undefined || row.task?.startsWith(`${task}/`));
  if (inside.length > 0) return { rows: inside, coverage: inside.length };
  const inherited = above.map(rowOf).find((row) => row !== undefined);
  return inherited === undefined ? { rows: [], coverage: 0 } : { rows: [inherited], coverage: Infinity };
}

function byArm(rows: readonly ProfileRow[]): Map<string, ProfileRow[]> {
  const groups = new Map<string, ProfileRow[]>();
  for (const row of rows) groups.set(row.arm, [...(groups.get(row.arm) ?? []), row]);
  return groups;
}

/**
 * Mean accuracy and energy per arm over the rows for `task` and the tasks below it, each row counting the same (a task
 * with more samples is no more of the traffic). An arm without such rows speaks by the nearest task above.
 *
 * Arms measured on fewer of the tasks than others are left out: a mean over the easy half can't be compared with one
 * over all.
 * @param task all tasks when absent
 */
export function profilePoints(rows: readonly ProfileRow[], task?: string): ProfilePoint[] {
  const measured = rows.filter((row) => row.metrics['accuracy'] !== undefined && row.metrics['energy_j'] !== undefined);
  const cells = [...byArm(measured)].map(([arm, own]) => ({ arm, ...cellsFor(own, task) }));
  const finite = cells.map((cell) => cell.coverage).filter(Number.isFinite);
  const most = Math.max(1, ...finite);
  return cells
    .filter((cell) => cell.coverage >= most)
    .map((cell) => ({
      arm: cell.arm,
      accuracy: mean(cell.rows.map((row) => row.metrics['accuracy']!)),
      energy_j: mean(cell.rows.map((row) => row.metrics['energy_j']!)),
      cells: cell.rows.length,
    }));
}

/**
 * The accuracy–energy front: arms such that no other is at least as accurate for at most the energy, and better in one.
 * Of arms with equal figures the first by name stays.
 * @returns by energy, ascending; accuracy ascends with it
 */
export function paretoFront(rows: readonly ProfileRow[], task?: string): ProfilePoint[] {
  const byEnergy = profilePoints(rows, task).sort(
    (a, b) => a.energy_j - b.energy_j || b.accuracy - a.accuracy || (a.arm < b.arm ? -1 : 1),
  );
  const front: ProfilePoint[] = [];
  for (const point of byEnergy) if (front.length === 0 || point.accuracy > front.at(-1)!.accuracy) front.push(point);
  return front;
}
