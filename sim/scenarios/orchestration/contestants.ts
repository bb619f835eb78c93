/** Who is compared: selectors that read model cards, the static selector over profiles, and the bandit. */
import type { ProfileRow } from '../../../src/routing/profile.js';
import type { RouterSpec } from '../../../src/routing/spec.js';
import type { WorldCell } from '../../worlds/profile-world.js';

/** One accuracy point is worth 50 joules of the measured host. */
export const objective = { accuracy: 1, energy_j: -2e-4 } as const;

/** What somebody who reads model cards takes: of each kind of task the best known model of its time. */
const popular: Readonly<Record<string, string>> = {
  sentiment: 'distilbert-base-uncased-finetuned-sst-2-english',
  qa: 'deepset/roberta-base-squad2',
  summarization: 'facebook/bart-large-cnn',
};
/** Or the largest, 11 billion parameters, which says of itself that it does everything. */
const largest = 'google/flan-t5-xxl';

export interface Contestant {
  readonly name: string;
  readonly label: string;
  /** Whether it reads model cards: how long that takes was published, 4.51 s with a language model, and is not measured here. */
  readonly qualitative?: boolean;
  readonly spec: (cells: readonly WorldCell[]) => RouterSpec;
  readonly profiles: (cells: readonly WorldCell[]) => ProfileRow[];
}

const none = () => [];

export const contestants: readonly Contestant[] = [
  {
    name: 'qualitative-largest',
    label: 'largest, by model card',
    qualitative: true,
    spec: (cells) => ({ ...specOf(cells), policy: { name: 'fixed', arm: largest }, floor: 0 }),
    profiles: none,
  },
  {
    name: 'qualitative-popular',
    label: 'most popular, by model card',
    qualitative: true,
    spec: (cells) => popularOnly(cells),
    profiles: none,
  },
  {
    name: 'profile',
    label: 'static profiles',
    spec: (cells) => ({ ...specOf(cells), policy: { name: 'profile' }, floor: 0 }),
    profiles: profilesOf,
  },
  { name: 'bandit-cold', label: 'bandit, cold', spec: specOf, profiles: none },
  { name: 'bandit-seeded', label: 'bandit, seeded', spec: specOf, profiles: profilesOf },
  {
    name: 'bandit-wrong',
    label: 'bandit, wrong profiles',
    spec: specOf,
    profiles: (cells) => profilesOf(inverted(cells)),
  },
];

export const tasksOf = (cells: readonly WorldCell[]): string[] => [...new Set(cells.map(({ task }) => task))];

function specOf(cells: readonly WorldCell[]): RouterSpec {
  return {
    id: 'orchestration',
    arms: [...new Set(cells.map(({ arm }) => arm))].map((id) => ({
      id,
      tasks: cells.filter(({ arm }) => arm === id).map(({ task }) => task),
    })),
    features: [{ name: 'task', type: 'category', values: tasksOf(cells) }],
    objective,
  };
}

function popularOnly(cells: readonly WorldCell[]): RouterSpec {
  const arms = Object.entries(popular).map(([kind, id]) => ({
    id,
    tasks: cells.filter(({ arm, task }) => arm === id && task.startsWith(`${kind}/`)).map(({ task }) => task),
  }));
  return { ...specOf(cells), arms, policy: { name: 'greedy' }, floor: 0 };
}

function profilesOf(cells: readonly WorldCell[]): ProfileRow[] {
  return cells.map(({ arm, task, means }) => ({
    arm,
    task,
    samples: 1000,
    source: 'sashavor/co2_inference',
    measured_on: '2023',
    metrics: { ...means },
  }));
}

/** Within each task the best becomes the worst. */
export function inverted(cells: readonly WorldCell[]): WorldCell[] {
  return cells.map((cell) => {
    const scores = cells.filter(({ task }) => task === cell.task).map(({ means }) => means.accuracy!);
    const accuracy = Math.min(...scores) + Math.max(...scores) - cell.means.accuracy!;
    return { ...cell, means: { ...cell.means, accuracy } };
  });
}
