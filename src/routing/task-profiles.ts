/** Profiled accuracy and energy per task, for the policy that chooses by profiles alone. */
import type { ContextEncoder } from './features/encoder.js';
import { taskFeatures } from './features/task-features.js';
import type { ProfileRow } from './profile.js';

/** In the order of the router's arms; NaN where no profile speaks. */
export interface TaskProfile {
  readonly accuracy: Float64Array;
  readonly energy: Float64Array;
}

export interface TaskProfiles {
  /** Silent of every arm. */
  readonly nothing: TaskProfile;
  /** Whether they tell both accuracy and energy of any arm, which is what the policy by profiles alone chooses by. */
  readonly speak: boolean;
  /** The profile of the request's task: the most specific one whose slots are lit in x. */
  of(features: Int16Array): TaskProfile;
}

interface Entry {
  /** Slots that the task lights beside the bias, and the profile. */
  readonly slots: readonly number[];
  readonly profile: TaskProfile;
}

export function taskProfiles(
  encoder: ContextEncoder,
  rows: readonly ProfileRow[],
  arms: readonly string[],
): TaskProfiles {
  const tasks = withParents(rows);
  const entries = tasks.map((task): Entry => ({
    slots: litSlots(encoder, task),
    profile: profileOf(rows, task, arms),
  }));
  entries.sort((a, b) => b.slots.length - a.slots.length);
  const nothing = profileOf([], undefined, arms);
  const { accuracy, energy } = profileOf(rows, undefined, arms);
  return {
    nothing,
    speak: accuracy.some((mean, arm) => !Number.isNaN(mean + energy[arm])),
    of: (features) => entries.find(({ slots }) => slots.every((slot) => features[slot] !== 0))?.profile ?? nothing,
  };
}

/** Every task of the rows, the tasks above them (`qa` of `qa/squad`), and none at all. */
function withParents(rows: readonly ProfileRow[]): (string | undefined)[] {
  const tasks = new Set<string | undefined>([undefined]);
  for (const { task } of rows) {
    for (let name = task; name !== undefined; name = parentOf(name)) tasks.add(name);
  }
  return [...tasks];
}

function parentOf(task: string): string | undefined {
  const slash = task.lastIndexOf('/');
  return slash < 0 ? undefined : task.slice(0, slash);
}

function litSlots(encoder: ContextEncoder, task: string | undefined): number[] {
  const slots: number[] = [];
  taskFeatures(encoder, task).forEach((value, slot) => {
    if (slot > 0 && value !== 0) slots.push(slot);
  });
  return slots;
}

/** Means over the rows at or below the task, weighed by samples. */
function profileOf(rows: readonly ProfileRow[], task: string | undefined, arms: readonly string[]): TaskProfile {
  const below = rows.filter((row) => task === undefined || row.task === task || row.task?.startsWith(`${task}/`));
  const mean = (arm: string, metric: string) => {
    const known = below.filter((row) => row.arm === arm && row.metrics[metric] !== undefined);
    const samples = known.reduce((sum, row) => sum + row.samples, 0);
    return known.reduce((sum, row) => sum + row.samples * row.metrics[metric], 0) / samples;
  };
  return {
    accuracy: Float64Array.from(arms, (arm) => mean(arm, 'accuracy')),
    energy: Float64Array.from(arms, (arm) => mean(arm, 'energy_j')),
  };
}
