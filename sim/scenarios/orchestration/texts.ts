/** Figures of the scenario as a person reads them; the page and the terminal show the same. */
import type { Estimate } from '../../report/student.js';
import { labelOf } from './contestants.js';
import type { Findings, MarginGroup } from './conclude.js';
import { summaryOf } from './margins.js';
import type { Row } from './rows.js';
import type { Half } from './run-means.js';

export const halfTitle: Readonly<Record<Half, string>> = { measured: 'as measured', drifted: 'after the drift' };

export interface TextTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
/** Percent with its interval: `+17.7 (+17.3 to +18.1)`. */
const percent = ({ mean, low, high }: Estimate): string => `${signed(mean)} (${signed(low)} to ${signed(high)})`;

export function selectorTable({ rows }: Findings, half: Half): TextTable {
  return {
    caption: `${halfTitle[half]}, all tasks together`,
    head: ['selector', 'accuracy', 'Wh per 1,000', 'utility', 'selection'],
    rows: rows[half]
      .filter(({ task }) => task === 'all')
      .map((row) => [
        labelOf(row.policy),
        row.accuracy.toFixed(4),
        row.energy_wh_per_1000.toFixed(2),
        row.utility.toFixed(4),
        selectionText(row),
      ]),
  };
}

const selectionText = ({ selection_us: us, selection }: Row): string =>
  selection === 'published' ? `${us / 1e6} s (published)` : `${us.toFixed(1)} µs`;

/** Everybody's margins in one line each. */
export function summaryTable({ margins }: Findings): TextTable {
  return {
    caption: 'margins over selecting by model cards; published: accuracy +0.90 % to +11.92 %, energy up to 54 %',
    head: ['selector', 'over', '', 'accuracy, %', 'by task', 'at least +0.90', 'energy saved, %', 'up to'],
    rows: margins.map(({ policy, than, half, margins: own }) => {
      const { all, least, most, thriftiest, reached, reachable, tasks } = summaryOf(own);
      return [
        ...[labelOf(policy), labelOf(than), halfTitle[half]],
        percent(all.accuracy),
        `${signed(least.accuracy.mean)} to ${signed(most.accuracy.mean)}`,
        `${reached} of ${tasks} tasks (possible ${reachable})`,
        percent(all.energy),
        thriftiest.energy.mean.toFixed(0),
      ];
    }),
  };
}

/** Task by task: the static selector and the seeded bandit, before and after. */
export function taskTable(findings: Findings, than: MarginGroup['than']): TextTable {
  const group = (policy: string, half: Half) =>
    findings.margins.find((one) => one.policy === policy && one.than === than && one.half === half)!.margins;
  const [still, seeded] = [group('profile', 'measured'), group('bandit-seeded', 'measured')];
  const [stillAfter, seededAfter] = [group('profile', 'drifted'), group('bandit-seeded', 'drifted')];
  return {
    caption: `accuracy over the ${labelOf(than)}, % of its accuracy, and energy saved, %`,
    head: [
      ...['task', 'possible', 'static', 'bandit, seeded', 'energy saved'],
      ...['drifted: possible', 'static', 'bandit, seeded', 'energy saved'],
    ],
    rows: still.map(({ task, possible, accuracy }, i) => [
      ...[task, signed(possible), percent(accuracy), percent(seeded[i]!.accuracy)],
      percent(seeded[i]!.energy),
      ...[signed(stillAfter[i]!.possible), percent(stillAfter[i]!.accuracy), percent(seededAfter[i]!.accuracy)],
      percent(seededAfter[i]!.energy),
    ]),
  };
}
