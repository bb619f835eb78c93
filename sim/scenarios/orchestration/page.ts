/** The report: who earned what, margins over the selectors by model cards, and accuracy over time. */
import { accuracyFront, type FrontPoint } from '../../report/accuracy-front.js';
import { intervalChart } from '../../report/interval-chart.js';
import { lineChart } from '../../report/line-chart.js';
import type { Figure, Page } from '../../report/page.js';
import { estimate } from '../../report/student.js';
import type { WorldCell } from '../../worlds/profile-world.js';
import type { Findings } from './conclude.js';
import { contestants, labelOf, qualitative, tasksOf, type Qualitative } from './contestants.js';
import { dearer, drifted, kept } from './drift.js';
import { published } from './margins.js';
import { wattHoursPerThousand } from './rows.js';
import { bins, type Half } from './run-means.js';
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
    ],
  };
}

/** Accuracy less that of the largest model, so that what a bin's requests have in common falls out. */
function overTime({ runsOf, length }: Findings): Figure {
  const base = runsOf('qualitative-largest');
  const series = contestants
    .filter(({ name }) => name !== 'qualitative-largest')
    .map(({ name, label }) => {
      const gains = Array.from({ length: bins }, (_, bin) =>
        estimate(runsOf(name).map((run, i) => 100 * (run.accuracy[bin]! - base[i]!.accuracy[bin]!))),
      );
      return {
        name: label,
        points: gains.map(({ mean }, bin): readonly [number, number] => [((bin + 1) * length) / bins, mean]),
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
      marks: [{ x: length / 2, label: 'profiles drift' }],
      include: [0],
      series,
    }),
  };
}

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
  const policies = rows[half]
    .filter(({ task }) => task === 'all')
    .map(({ policy, accuracy, energy_wh_per_1000: energy }) => ({
      name: labelOf(policy),
      metrics: { accuracy, energy_j: energy / wattHoursPerThousand },
      isArm: false,
    }));
  const models = modelsAlone(half === 'drifted' ? drifted(cells) : cells);
  return accuracyFront([...policies, ...models], `, ${halfTitle[half]}`).map((figure) => ({
    ...figure,
    name: half === 'measured' ? 'front' : 'front-drifted',
  }));
}

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
