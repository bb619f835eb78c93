/** Who is compared: selectors that read model cards, the static selector over profiles, and the bandit. */
import type { ProfileRow } from '../../../src/routing/profile.js';
import type { RouterSpec } from '../../../src/routing/spec.js';
import type { WorldCell } from '../../worlds/profile-world.js';

/** One accuracy point is worth 50 joules of the measured host. */
export const objective = { accuracy: 1, energy_j: -2e-4 } as const;

/**
 * "Most popular", on a basis that anybody can check: what `pipeline(task)` of Hugging Face's transformers takes for a kind
 * of task when no model is named (SUPPORTED_TASKS in `pipelines/__init__.py`; the same three from 2020 to the last release
 * before 5). Counts of downloads change by the day, and are not part of the measured data.
 */
const popular: Readonly<Record<string, string>> = {
  sentiment: 'distilbert-base-uncased-finetuned-sst-2-english',
  qa: 'distilbert-base-cased-distilled-squad',
  summarization: 'sshleifer/distilbart-cnn-12-6',
};
/**
 * "Largest", by the parameters that the model cards name: 11 billion, the next are 7.1 (bloomz-7b1) and 3. Its card says of
 * it that it does all of the tasks.
 */
const largest = 'google/flan-t5-xxl';

export type Qualitative = 'qualitative-largest' | 'qualitative-popular';

export interface Contestant {
  readonly name: string;
  readonly label: string;
  /** Whether it reads model cards: how long that takes was published, 4.51 s with a language model, and is not measured here. */
  readonly qualitative?: boolean;
  readonly learns?: boolean;
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
    label: 'most popular (library default)',
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
  { name: 'bandit-cold', label: 'bandit, cold', learns: true, spec: learnerOf, profiles: none },
  { name: 'bandit-seeded', label: 'bandit, seeded', learns: true, spec: learnerOf, profiles: profilesOf },
  {
    name: 'bandit-wrong',
    label: 'bandit, wrong profiles',
    learns: true,
    spec: learnerOf,
    profiles: (cells) => profilesOf(inverted(cells)),
  },
];

/** Those that everybody else is measured against. */
export const qualitative: readonly Qualitative[] = ['qualitative-largest', 'qualitative-popular'];

export const labelOf = (policy: string): string => contestants.find(({ name }) => name === policy)!.label;

/** The model that a selector by model cards takes for a task. */
export const modelOfCards = (policy: Qualitative, task: string): string =>
  policy === 'qualitative-largest' ? largest : popular[task.slice(0, task.indexOf('/'))]!;

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

/**
 * The defaults of the service, but that a profile counts as up to 100 outcomes: each is a mean over 1,000 inferences.
 * Chosen by two seeds that are not among those reported, with LinUCB width 1: utility before and after the drift .7671 and
 * .7234 with the default cap of 10, .7723 and .7233 with 30, .7750 and .7248 with 100. With the present width, 1.5, and seeds
 * 11 and 12: .7547 and .7086, .7581 and .7179, .7610 and .7132; from wrong profiles .7151 and .7102, .7142 and .6951,
 * .6854 and .7040.
 */
function learnerOf(cells: readonly WorldCell[]): RouterSpec {
  return { ...specOf(cells), prior: { cap: 100 } };
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
