/**
 * The router that a fresh start brings: it chooses among the 32 models of the shipped profiles, those that
 * were made for one kind of task only for that, so that a sentiment classifier is never asked to summarise.
 */
import type { ProfileRow } from '../profile.js';
import type { RouterSpec } from '../spec.js';
import { shippedProfiles } from './shipped.js';

const kindOf = (task: string) => task.slice(0, task.indexOf('/'));

const unique = (names: readonly string[]) => [...new Set(names)];

/** One joule is worth 0.0005 of accuracy: 100 J more must buy five points. */
const joule = -0.0005;

/** The profiles that `exampleRouter` is seeded with. */
export const exampleProfiles = (): ProfileRow[] => shippedProfiles();

/** Router `default`: 32 arms, `task` as its context (three kinds, nine data sets), accuracy weighed against energy. */
export function exampleRouter(): RouterSpec {
  const cells = exampleProfiles().map((row) => ({ arm: row.arm, task: row.task! }));
  const tasks = unique(cells.map((cell) => cell.task));
  const kinds = unique(tasks.map(kindOf));
  const kindsOf = (arm: string) => unique(cells.filter((cell) => cell.arm === arm).map((cell) => kindOf(cell.task)));
  // A model that was measured on every kind of task is a generalist, and may be asked anything.
  const bound = (arm: string) => (kindsOf(arm).length < kinds.length ? { tasks: kindsOf(arm) } : {});
  return {
    id: 'default',
    arms: unique(cells.map((cell) => cell.arm)).map((id) => ({ id, ...bound(id) })),
    features: [{ name: 'task', type: 'category', values: [...kinds, ...tasks] }],
    objective: { accuracy: 1, energy_j: joule },
  };
}
