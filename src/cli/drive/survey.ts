/**
 * One pass over the rows that will be played, before any is: what they hold, and what the best choice would have been
 * in hindsight. Memory grows with the number of tasks and splits, not of rows.
 */
import type { Table, TableRow } from '../../../sim/table/table.js';
import { Failure } from '../failures.js';
import { Tally } from './tally.js';

export interface Survey {
  readonly rows: number;
  /** Rows that have a prompt, and rows that name a task. */
  readonly prompts: number;
  readonly labelled: number;
  readonly splits: ReadonlySet<string>;
  readonly overall: Tally;
  /** Under '' the rows that name no task. */
  readonly byTask: ReadonlyMap<string, Tally>;
}

/** More tasks than this are no categories but names of single rows. */
export const mostTasks = 1000;

/** @throws Failure when there are more than `mostTasks` tasks */
export async function survey(table: Pick<Table, 'models'>, rows: AsyncIterable<TableRow>): Promise<Survey> {
  const models = table.models.length;
  const overall = new Tally(models);
  const byTask = new Map<string, Tally>();
  const splits = new Set<string>();
  let [prompts, labelled] = [0, 0];
  for await (const row of rows) {
    if (row.prompt !== undefined) prompts++;
    if (row.task !== undefined) labelled++;
    if (row.split !== undefined) splits.add(row.split);
    overall.add(row.outcomes);
    tallyOf(byTask, row.task ?? '', models).add(row.outcomes);
  }
  return { rows: overall.rows, prompts, labelled, splits, overall, byTask };
}

function tallyOf(byTask: Map<string, Tally>, task: string, models: number): Tally {
  const known = byTask.get(task);
  if (known !== undefined) return known;
  if (byTask.size >= mostTasks)
    throw new Failure(`expected at most ${mostTasks} different tasks, got more; are they names of rows?`);
  const tally = new Tally(models);
  byTask.set(task, tally);
  return tally;
}
