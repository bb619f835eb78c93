/**
 * Sixteen models on each of nine tasks, as they were measured: selectors that read model cards, the static selector over
 * profiles, and the bandit cold, seeded, and seeded with wrong profiles. Then the same with the models that the static
 * selector takes getting worse in the second half, which only who learns can see.
 */
import { lineChart } from '../report/line-chart.js';
import { estimate, pairedDifference, type Estimate } from '../report/student.js';
import { play } from '../runner/play.js';
import type { Played } from '../runner/played.js';
import { qualityChange } from '../disturbances/quality-change.js';
import { profileWorld, type WorldCell } from '../worlds/profile-world.js';
import type { World } from '../worlds/world.js';
import { readCells } from './orchestration/cells.js';
import { contestants, tasksOf, type Contestant } from './orchestration/contestants.js';
import type { Scenario } from './scenario.js';

const length = 5400;
const kept = 0.7;
/** Published: what selecting with a language model that reads model cards takes. */
const publishedSelectionUs = 4.51e6;

interface Job {
  readonly policy: string;
  readonly drift: boolean;
  readonly seed: number;
}

interface TaskMeans {
  readonly task: string;
  readonly requests: number;
  readonly accuracy: number;
  readonly energy: number;
}

interface Result {
  readonly tasks: readonly TaskMeans[];
  readonly all: TaskMeans;
  readonly utility: number;
  /** Median time of a decision, in microseconds. */
  readonly decisionUs: number;
  /** Mean accuracy per sixtieth of the run. */
  readonly accuracy: readonly number[];
}

export const orchestration: Scenario<readonly WorldCell[], readonly WorldCell[], Job, Result> = {
  name: 'orchestration',
  summary: '16 measured models on each of 9 tasks: model cards, static profiles, and the bandit',
  defaultSeeds: 10,
  prepare: readCells,
  open: (cells) => cells,
  jobs: (_, seeds) =>
    [false, true].flatMap((drift) =>
      contestants.flatMap(({ name }) =>
        Array.from({ length: seeds }, (__, i) => ({ policy: name, drift, seed: i + 1 })),
      ),
    ),
  play(cells, { policy, drift, seed }) {
    const contestant = contestants.find(({ name }) => name === policy)!;
    const still = profileWorld({ name: 'co2-inference', cells, length });
    const world = drift ? withDrift(still, cells) : still;
    const router = { spec: contestant.spec(cells), profiles: contestant.profiles(cells), encoders: new Map() };
    const tasks: string[] = [];
    const watched: World = {
      ...world,
      *steps(chance) {
        for (const step of world.steps(chance)) {
          tasks.push(String(step.context.task));
          yield step;
        }
      },
    };
    const played = play({ world: watched, router, seed, watch: {}, stopwatch: () => performance.now() });
    return resultOf(played, tasks, tasksOf(cells));
  },
  conclude(cells, jobs, results) {
    const of = (policy: string, drift: boolean) =>
      results.filter((_, i) => jobs[i]!.policy === policy && jobs[i]!.drift === drift);
    const rows = contestants.flatMap((contestant) => rowsOf(contestant, of(contestant.name, false), cells));
    const drifted = contestants.flatMap((contestant) => rowsOf(contestant, of(contestant.name, true), cells));
    const differences = [false, true].flatMap((drift) =>
      contestants.map(({ name }) => ({
        policy: name,
        than: 'qualitative-popular',
        drift,
        utility: interval(pairedDifference(utilities(of(name, drift)), utilities(of('qualitative-popular', drift)))),
      })),
    );
    const all = rows.filter(({ task }) => task === 'all');
    return {
      json: { rows, drifted, differences },
      page: {
        title: 'orchestration: sixteen measured models on each of nine tasks',
        lead: `Utility is accuracy less 0.0002 per joule; ${of('profile', false).length} seeds of ${length} requests. In the second table the models that static profiles choose keep ${kept} of their accuracy from half way on.`,
        tables: [
          summaryTable('as measured', all),
          summaryTable(
            'models get worse half way',
            drifted.filter(({ task }) => task === 'all'),
          ),
        ],
        figures: [
          {
            name: 'front',
            caption: 'All tasks together: accuracy against energy. Up and to the left is better.',
            svg: lineChart({
              title: 'Accuracy against energy',
              x: 'Wh per 1,000 requests',
              y: 'mean accuracy',
              logX: true,
              series: [
                ...all.map((row) => ({
                  name: labelOf(row.policy),
                  form: 'dots' as const,
                  points: [[row.energy_wh_per_1000, row.accuracy] as const],
                })),
                {
                  name: 'each model that does all tasks, alone',
                  form: 'dots',
                  colour: '#adb5bd',
                  points: generalists(cells),
                },
              ],
            }),
          },
          ...[false, true].map((drift) => ({
            name: drift ? 'accuracy-drift' : 'accuracy',
            caption: drift
              ? 'The models that static profiles choose get worse half way.'
              : 'As measured; mean over seeds.',
            svg: lineChart({
              title: 'Accuracy over time',
              x: 'request',
              y: 'mean accuracy',
              marks: drift ? [{ x: length / 2, label: 'models get worse' }] : [],
              series: contestants.map(({ name, label }) => ({ name: label, points: curveOf(of(name, drift)) })),
            }),
          })),
        ],
      },
      lines: [
        ...linesOf('as measured', all),
        '',
        ...linesOf(
          'models get worse half way',
          drifted.filter(({ task }) => task === 'all'),
        ),
      ],
    };
  },
};

/** The most accurate model of each task, which is what static profiles choose, gets worse in the second half. */
function withDrift(world: World, cells: readonly WorldCell[]): World {
  const chosen = tasksOf(cells).map((task) => {
    const own = cells.filter((cell) => cell.task === task);
    return own.reduce((best, cell) => (cell.means.accuracy! > best.means.accuracy! ? cell : best)).arm;
  });
  return [...new Set(chosen)].reduce(
    (disturbed, arm) => qualityChange(disturbed, { arm, becomes: { times: kept }, window: { from: length / 2 } }),
    world,
  );
}

/** Energy in Wh per 1,000 and accuracy of each model that was measured on every task, over all of them. */
function generalists(cells: readonly WorldCell[]): (readonly [number, number])[] {
  const count = tasksOf(cells).length;
  return [...new Set(cells.map(({ arm }) => arm))].flatMap((arm) => {
    const own = cells.filter((cell) => cell.arm === arm);
    if (own.length < count) return [];
    const mean = (metric: string) => own.reduce((sum, { means }) => sum + means[metric]!, 0) / count;
    return [[mean('energy_j') / 3.6, mean('accuracy')] as const];
  });
}

const bins = 60;

function resultOf(played: Played, tasks: readonly string[], names: readonly string[]): Result {
  const rows = Array.from(tasks.keys());
  const meansOver = (task: string, chosen: readonly number[]): TaskMeans => {
    const mean = (values: Float64Array) => chosen.reduce((sum, i) => sum + values[i]!, 0) / chosen.length;
    return {
      task,
      requests: chosen.length,
      accuracy: mean(played.outcomes.accuracy!),
      energy: mean(played.outcomes.energy_j!),
    };
  };
  const width = length / bins;
  return {
    tasks: names.map((task) =>
      meansOver(
        task,
        rows.filter((i) => tasks[i] === task),
      ),
    ),
    all: meansOver('all', rows),
    utility: played.utility.reduce((sum, value) => sum + value, 0) / played.length,
    decisionUs: 1000 * [...played.decisionMs].sort((a, b) => a - b)[played.length >> 1]!,
    accuracy: Array.from(
      { length: bins },
      (_, bin) => meansOver('', rows.slice(bin * width, (bin + 1) * width)).accuracy,
    ),
  };
}

interface Row {
  readonly policy: string;
  readonly task: string;
  readonly accuracy: number;
  readonly accuracy_ci95: readonly [number, number];
  readonly energy_wh_per_1000: number;
  readonly utility?: number;
  readonly selection_us: number;
  /** Whether the time was measured here or published. */
  readonly selection: 'measured' | 'published';
}

function rowsOf(contestant: Contestant, results: readonly Result[], cells: readonly WorldCell[]): Row[] {
  const selection = contestant.qualitative ? 'published' : 'measured';
  const measured = estimate(results.map(({ decisionUs }) => decisionUs)).mean;
  const row = (task: string, pick: (result: Result) => TaskMeans): Row => {
    const accuracy = estimate(results.map((result) => pick(result).accuracy));
    return {
      policy: contestant.name,
      task,
      accuracy: accuracy.mean,
      accuracy_ci95: [accuracy.low, accuracy.high],
      // A joule a request is 1,000 J per 1,000, and a watt-hour 3,600 J.
      energy_wh_per_1000: estimate(results.map((result) => pick(result).energy)).mean / 3.6,
      selection_us: contestant.qualitative ? publishedSelectionUs : measured,
      selection,
    };
  };
  return [
    { ...row('all', ({ all }) => all), utility: estimate(utilities(results)).mean },
    ...tasksOf(cells).map((task, i) => row(task, ({ tasks }) => tasks[i]!)),
  ];
}

const utilities = (results: readonly Result[]): number[] => results.map(({ utility }) => utility);
const interval = ({ mean, low, high }: Estimate) => ({ mean, low, high });
const labelOf = (policy: string): string => contestants.find(({ name }) => name === policy)!.label;

const curveOf = (results: readonly Result[]) =>
  Array.from({ length: bins }, (_, bin): readonly [number, number] => [
    ((bin + 1) * length) / bins,
    estimate(results.map(({ accuracy }) => accuracy[bin]!)).mean,
  ]);

const cellsOf = (row: Row): string[] => [
  labelOf(row.policy),
  row.accuracy.toFixed(4),
  row.energy_wh_per_1000.toFixed(2),
  (row.utility ?? NaN).toFixed(4),
  `${row.selection_us >= 1e6 ? `${row.selection_us / 1e6} s` : `${row.selection_us.toFixed(1)} µs`}${row.selection === 'published' ? ' (published)' : ''}`,
];
const head = ['selector', 'accuracy', 'Wh per 1,000', 'utility', 'selection'];
const summaryTable = (caption: string, rows: readonly Row[]) => ({ caption, head, rows: rows.map(cellsOf) });

function linesOf(caption: string, rows: readonly Row[]): string[] {
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(30) : cell.padStart(16))).join('');
  return [`${caption}:`, line(head), ...rows.map((row) => line(cellsOf(row)))];
}
