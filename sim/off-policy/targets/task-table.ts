import type { Target } from './target.js';

/** Per task an arm, or a probability per arm; `*` for tasks that are not named. */
export type TaskTable = Readonly<Record<string, string | Readonly<Record<string, number>>>>;

/**
 * A policy that looks at the task alone.
 * @throws RangeError when it names an arm that isn't there, or probabilities that don't sum to 1; from `probabilities` for
 * a round whose task it doesn't name
 */
export function taskTableTarget(arms: readonly string[], table: TaskTable): Target {
  const rows = new Map(Object.entries(table).map(([task, row]) => [task, chancesOf(arms, task, row)]));
  return {
    name: 'table',
    learns: false,
    start: () => ({
      probabilities({ task, line }) {
        const row = (task === undefined ? undefined : rows.get(task)) ?? rows.get('*');
        if (row) return row;
        throw new RangeError(
          `the table says nothing of task ${task === undefined ? 'none' : `"${task}"`} (line ${line}); add it, or "*" for all others`,
        );
      },
    }),
  };
}

function chancesOf(arms: readonly string[], task: string, row: TaskTable[string]): Float64Array {
  const chances = new Float64Array(arms.length);
  const entries = typeof row === 'string' ? [[row, 1] as const] : Object.entries(row ?? {});
  for (const [arm, chance] of entries) {
    const at = arms.indexOf(arm);
    if (at < 0)
      throw new RangeError(
        `task "${task}": expected an arm of the log (${arms.slice(0, 40).join(', ')}), got "${arm}"`,
      );
    if (!(chance >= 0 && chance <= 1))
      throw new RangeError(`task "${task}", arm "${arm}": expected a probability from 0 to 1, got ${String(chance)}`);
    chances[at] = chance;
  }
  const total = chances.reduce((sum, chance) => sum + chance, 0);
  if (Math.abs(total - 1) > 1e-9)
    throw new RangeError(`task "${task}": expected probabilities that sum to 1, got ${Number(total.toPrecision(6))}`);
  return chances;
}
