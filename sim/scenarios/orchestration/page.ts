/**
 * The report: who earned what, margins over the selectors by model cards, and over time accuracy, regret, who served and
 * whether what was expected came.
 */
import { accuracyFront, type FrontPoint } from '../../report/accuracy-front.js';
import { intervalChart } from '../../report/interval-chart.js';
import { lineChart } from '../../report/line-chart.js';
import type { Figure, Page } from '../../report/page.js';
import { calibrationChart, regretChart, sharesChart } from '../../report/run-charts.js';
import { estimate } from '../../report/student.js';
import type { WorldCell } from '../../worlds/profile-world.js';
import type { Findings } from './conclude.js';
import { contestants, labelOf, qualitative, tasksOf, type Contestant, type Qualitative } from './contestants.js';
import { dearer, drifted, kept } from './drift.js';
import { published } from './margins.js';
import { wattHoursPerThousand, type Row } from './rows.js';
import type { Half } from './run-means.js';
import { halfTitle, selectorTable, summaryTable, taskTable } from './texts.js';

export function orchestrationPage(findings: Findings): Page {
  const { length, seeds } = findings;
  return {
    title: 'orchestration: sixteen measured models on each of nine tasks',
    lead:
      `${seeds} seeds of ${length} requests. In the second half the models that static profiles choose keep ${kept} of their accuracy ` +
      `and use ${dearer} times their energy; nobody is told. Utility is accuracy less 0.0002 per joule. Margins are shares of the ` +
      `selector's own figure, with 95 % intervals over seeds; "possible" is what the most accurate model of each task would have. ` +
      `Published (arXiv 2512.01099): +0.90 % to +11.92 % accuracy, up to 54 % energy, 4.51 s to 7.2 ms a selection.`,
    tables: [
      selectorTable(findings, 'measured'),
      selectorTable(findings, 'drifted'),
      summaryTable(findings),
      ...qualitative.map((than) => taskTable(findings, than)),
    ],
    figures: [
      overTime(findings),
      ...qualitative.map((than) => marginFigure(findings, than)),
      ...front(findings, 'measured'),
      ...front(findings, 'drifted'),
      ...tasksOf(findings.cells).flatMap((task) => taskFront(findings, task)),
      regret(findings),
      ...shares(findings),
      calibration(findings),
    ],
  };
}

/** Accuracy less that of the largest model, so that what a bin's requests have in common falls out. */
function overTime({ runsOf, length }: Findings): Figure {
  const accuracyOf = (policy: string) => runsOf(policy).map(({ summary }) => summary.curves.accuracy!);
  const base = accuracyOf('qualitative-largest');
  const { ends } = runsOf('qualitative-largest')[0]!.summary;
  const series = contestants
    .filter(({ name }) => name !== 'qualitative-largest')
    .map(({ name, label }) => {
      const own = accuracyOf(name);
      const gains = ends.map((_, bin) => estimate(own.map((run, i) => 100 * (run[bin]! - base[i]![bin]!))));
      return {
        name: label,
        points: gains.map(({ mean }, bin): readonly [number, number] => [ends[bin]!, mean]),
        band: gains.map(({ low, high }) => [low, high] as const),
      };
    });
  return {
    name: 'margin-over-time',
    caption: 'Accuracy points more than the largest model, mean and 95 % interval over seeds, per sixtieth of a run.',
    svg: lineChart({
      title: 'Accuracy over the largest model, before and after profiles drift',
      x: 'request',
      y: 'accuracy points more',
      marks: driftOf(length),
      include: [0],
      series,
    }),
  };
}

/** All of what changes half way. */
const driftOf = (length: number) => [{ x: length / 2, label: 'profiles drift' }];

const compared = ['profile', 'bandit-seeded'] as const;

function marginFigure({ margins, cells }: Findings, than: Qualitative): Figure {
  const halves: readonly Half[] = ['measured', 'drifted'];
  const series = halves.flatMap((half) => compared.map((policy) => ({ half, policy })));
  const own = series.map(({ half, policy }) =>
    margins.find((one) => one.policy === policy && one.half === half && one.than === than)!,
  );
  return {
    name: `margins-over-${than.slice(than.indexOf('-') + 1)}`,
    caption: `Accuracy over the ${labelOf(than)}, task by task.`,
    svg: intervalChart({
      title: `Accuracy margin over the ${labelOf(than)}, %`,
      x: 'accuracy margin, % of its accuracy; 95 % interval over seeds',
      series: series.map(({ half, policy }) => `${labelOf(policy)}, ${halfTitle[half]}`),
      groups: ['all', ...tasksOf(cells)].map((task, i) => ({
        name: task,
        points: own.map(({ margins: rows }, s) => {
          const { mean, low, high } = rows[i]!.accuracy;
          return { series: s, mean, low, high };
        }),
      })),
      marks: [
        { x: 0, label: '' },
        { x: published.accuracy_percent[1], label: 'published: at most' },
      ],
    }),
  };
}

/** Every policy, and every model alone that does all tasks, as it is in that half. */
function front({ rows, cells }: Findings, half: Half): Figure[] {
  const current = half === 'drifted' ? drifted(cells) : cells;
  const models = modelsAlone(current);
  const others = new Set(cells.map(({ arm }) => arm)).size - models.length;
  return accuracyFront([...policiesOn(rows[half], 'all'), ...models], `, ${halfTitle[half]}`).map((figure) => ({
    ...figure,
    name: half === 'measured' ? 'front' : 'front-drifted',
    caption: `${figure.caption} ${allTasks(models.length, others)}`,
  }));
}

const allTasks = (models: number, others: number): string =>
  `Means over all tasks. ${models === 1 ? 'One model was' : `${models} models were`} measured on all of them${
    others === 0
      ? '.'
      : `; the other ${others} were measured on some of them only, so that no mean of theirs compares with these: they are on the fronts of their tasks below. Policies may choose them for those.`
  }`;

/** Every policy and every model on one task, as measured. */
function taskFront({ rows, cells }: Findings, task: string): Figure[] {
  const models = cells
    .filter((cell) => cell.task === task)
    .map(({ arm, means }) => ({ name: arm, metrics: means, isArm: true }));
  return accuracyFront([...policiesOn(rows.measured, task), ...models], ` on ${task}, ${halfTitle.measured}`)
    .filter(({ name }) => name === 'accuracy-energy')
    .map((figure) => ({
      ...figure,
      name: `front-${task.replaceAll(/[^\w]+/g, '-')}`,
      caption: `${figure.caption} All models that were measured on ${task}.`,
    }));
}

const policiesOn = (rows: readonly Row[], task: string): FrontPoint[] =>
  rows
    .filter((row) => row.task === task)
    .map(({ policy, accuracy, energy_wh_per_1000: energy }) => ({
      name: labelOf(policy),
      metrics: { accuracy, energy_j: energy / wattHoursPerThousand },
      isArm: false,
    }));

/** Means over all tasks of each model that was measured on every one. */
function modelsAlone(cells: readonly WorldCell[]): FrontPoint[] {
  const count = tasksOf(cells).length;
  return [...new Set(cells.map(({ arm }) => arm))].flatMap((arm) => {
    const own = cells.filter((cell) => cell.arm === arm);
    if (own.length < count) return [];
    const mean = (metric: string) => own.reduce((sum, { means }) => sum + means[metric]!, 0) / count;
    return [{ name: arm, metrics: { accuracy: mean('accuracy'), energy_j: mean('energy_j') }, isArm: true }];
  });
}

const runsNamed = ({ runsOf }: Findings, among: readonly Contestant[]) =>
  among.map(({ name, label }) => ({ name: label, runs: runsOf(name).map(({ summary }) => summary) }));

function regret(findings: Findings): Figure {
  return {
    name: 'regret',
    caption:
      'What the best model of each request would have been worth on average, less what the chosen one is; summed. Bands are 95 % intervals over seeds.',
    svg: regretChart(runsNamed(findings, contestants), driftOf(findings.length)),
  };
}

/** Selectors by model cards always choose the same, and expect nothing. */
const byFigures = contestants.filter((contestant) => !contestant.qualitative);

function shares(findings: Findings): Figure[] {
  return runsNamed(findings, byFigures).map(({ name, runs }, i) => ({
    name: `shares-${byFigures[i]!.name}`,
    caption: `Which model served, under "${name}", over all tasks; mean over seeds.`,
    svg: sharesChart(runs[0]!.arms, runs, driftOf(findings.length), `Shares over time: ${name}`),
  }));
}

function calibration(findings: Findings): Figure {
  return {
    name: 'calibration',
    caption:
      'Expected against observed accuracy of the chosen models, by tenths of the expected, over both halves; on the dashed line predictions are right. Static profiles expect after the drift what they did before.',
    svg: calibrationChart(runsNamed(findings, byFigures)),
  };
}
