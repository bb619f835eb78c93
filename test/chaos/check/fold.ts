/** The fold of a log, by the mathematics alone. */
import { Statistics } from '../../../policies/linear/statistics.js';
import { quantiseTarget, targetScale } from '../../../policies/linear/target.js';
import type { LoggedOutcome } from './log.js';

/** What each metric may be; a metric that isn't here is kept, and teaches nothing. */
const ranges: Readonly<Record<string, { readonly minimum: number; readonly maximum: number }>> = {
  accuracy: { minimum: 0, maximum: 1 },
  energy_j: { minimum: 0, maximum: 1e7 },
  latency_ms: { minimum: 0, maximum: 3.6e6 },
  cost_usd: { minimum: 0, maximum: 100 },
};

export const targetOf = ({ metric, value }: LoggedOutcome): number | undefined =>
  metric in ranges ? quantiseTarget(value, targetScale(ranges[metric])) : undefined;

/** Sums by name of their cell, in base64; sums without rows are left out. */
export type Sums = ReadonlyMap<string, string>;

export const cellName = (cell: { schema: string; arm: string; metric: string; epoch: number }): string =>
  JSON.stringify([cell.schema, cell.arm, cell.metric, cell.epoch]);

/** The epoch of the cell of a name. */
export const epochOf = (name: string): number => (JSON.parse(name) as [string, string, string, number])[3];

export const textOf = (statistics: Statistics): string => Buffer.from(statistics.toBytes()).toString('base64');

export function foldLog(outcomes: readonly LoggedOutcome[]): Sums {
  const cells = new Map<string, Statistics>();
  for (const outcome of outcomes) {
    const target = targetOf(outcome);
    if (target === undefined) continue;
    const name = cellName(outcome);
    let cell = cells.get(name);
    if (!cell) cells.set(name, (cell = new Statistics(outcome.features.length)));
    cell.add(outcome.features, target);
  }
  return new Map([...cells].map(([name, cell]) => [name, textOf(cell)]));
}

/** Names of the cells that are not the same bytes. */
export function differences(expected: Sums, found: Sums): string[] {
  const names = new Set([...expected.keys(), ...found.keys()]);
  return [...names].filter((name) => expected.get(name) !== found.get(name));
}
