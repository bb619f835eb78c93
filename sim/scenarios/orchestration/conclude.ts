/** The result of the scenario: rows, margins over the selectors by model cards, a page and lines for a terminal. */
import { pairedDifference } from '../../report/student.js';
import type { WorldCell } from '../../worlds/profile-world.js';
import type { Conclusion } from '../scenario.js';
import { contestants, qualitative, type Qualitative } from './contestants.js';
import { drifted } from './drift.js';
import { marginsOf, published, summaryOf, type Margin } from './margins.js';
import { orchestrationPage } from './page.js';
import { rowsOf, type Row } from './rows.js';
import { halves, type Half, type RunMeans } from './run-means.js';
import { orchestrationLines } from './terminal.js';

export type RunsOf = (policy: string) => readonly RunMeans[];

export interface MarginGroup {
  readonly policy: string;
  readonly than: Qualitative;
  readonly half: Half;
  /** All tasks together first. */
  readonly margins: readonly Margin[];
}

export interface Findings {
  readonly cells: readonly WorldCell[];
  /** Requests in a run. */
  readonly length: number;
  readonly seeds: number;
  readonly rows: Readonly<Record<Half, readonly Row[]>>;
  readonly margins: readonly MarginGroup[];
  readonly runsOf: RunsOf;
}

export function conclude(cells: readonly WorldCell[], length: number, runsOf: RunsOf): Conclusion {
  const rowsIn = (half: Half) =>
    contestants.flatMap((contestant) => rowsOf(contestant, runsOf(contestant.name), half, cells));
  const findings: Findings = {
    ...{ cells, length, runsOf },
    seeds: runsOf('profile').length,
    rows: { measured: rowsIn('measured'), drifted: rowsIn('drifted') },
    margins: allMargins(cells, runsOf),
  };
  return {
    json: {
      rows: findings.rows.measured,
      drifted: findings.rows.drifted,
      margins: findings.margins.flatMap(marginJson),
      summary: findings.margins.map(({ margins, ...group }) => ({ ...group, ...summaryJson(margins) })),
      differences: differences(runsOf),
      published,
    },
    page: orchestrationPage(findings),
    lines: orchestrationLines(findings),
  };
}

/** Of everybody who isn't one, over each selector by model cards, in each half. */
function allMargins(cells: readonly WorldCell[], runsOf: RunsOf): MarginGroup[] {
  const others = contestants.filter((contestant) => !contestant.qualitative);
  return halves.flatMap((half) =>
    qualitative.flatMap((than) =>
      others.map(({ name: policy }) => ({
        ...{ policy, than, half },
        margins: marginsOf(runsOf(policy), runsOf(than), half, half === 'drifted' ? drifted(cells) : cells, than),
      })),
    ),
  );
}

const marginJson = ({ policy, than, half, margins }: MarginGroup) =>
  margins.map(({ task, accuracy, energy, possible }) => ({
    ...{ policy, than, half, task },
    accuracy_percent: accuracy.mean,
    accuracy_ci95: [accuracy.low, accuracy.high],
    possible_accuracy_percent: possible,
    energy_saved_percent: energy.mean,
    energy_ci95: [energy.low, energy.high],
  }));

function summaryJson(margins: readonly Margin[]) {
  const { all, least, most, thriftiest, reached, reachable, tasks } = summaryOf(margins);
  const accuracy = ({ task, accuracy: { mean, low, high } }: Margin) => ({ task, percent: mean, ci95: [low, high] });
  return {
    ...{ reached, reachable, tasks },
    accuracy: { all: accuracy(all), least: accuracy(least), most: accuracy(most) },
    energy_saved_up_to: { task: thriftiest.task, percent: thriftiest.energy.mean },
  };
}

/** Utility of each policy less that of the static selector, seed by seed. */
function differences(runsOf: RunsOf) {
  const utilities = (policy: string, half: Half) => runsOf(policy).map((run) => run.halves[half].all!.utility);
  return halves.flatMap((half) =>
    contestants.map(({ name }) => {
      const { mean, low, high } = pairedDifference(utilities(name, half), utilities('profile', half));
      return { policy: name, than: 'profile', half, utility: mean, utility_ci95: [low, high] };
    }),
  );
}
