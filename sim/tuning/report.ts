/** What a search found, as JSON, as a page and as lines of a terminal. */
import type { RouterSpec } from '../../src/routing/spec.js';
import type { Estimate } from '../report/student.js';
import { intervalChart, type IntervalGroup } from '../report/interval-chart.js';
import type { Page, PageTable } from '../report/page.js';
import { textColumns } from '../report/text-columns.js';
import type { Ground } from './ground.js';
import { mostUse, type HeldOut, type Search, type Tried, type TriedStage } from './search.js';
import { keyOf, withSetting } from './setting.js';

export interface TuningReport {
  readonly json: unknown;
  readonly page: Page;
  readonly lines: readonly string[];
  /** The router as it is recommended. */
  readonly spec: RouterSpec;
}

export interface Tuned {
  /** The table or log. */
  readonly name: string;
  readonly spec: RouterSpec;
  readonly search: Search;
  readonly unit: Ground['unit'];
  /** Runs of each setting, or rounds of each half. */
  readonly units: number;
  /** What cannot be told from these data, or should be known of them. */
  readonly notes: readonly string[];
}

export function tuningReport(tuned: Tuned): TuningReport {
  const { search, spec, name } = tuned;
  const recommended = withSetting(spec, search.recommended);
  const verdict = verdictOf(tuned);
  return {
    json: {
      source: name,
      objective: spec.objective,
      unit: tuned.unit,
      units: tuned.units,
      stages: search.stages.map(stageJson),
      held_out: heldOutJson(search.heldOut),
      verdict,
      recommended: search.recommended.members,
      notes: tuned.notes,
    },
    page: {
      title: `Tuning of ${spec.id} on ${name}`,
      lead: [verdict, ...tuned.notes.map(sentence)].join(' '),
      tables: [heldOutTable(tuned), ...search.stages.map((stage) => stageTable(stage, tuned))],
      figures: search.stages.map((stage) => stageFigure(stage, tuned)),
    },
    lines: linesOf(tuned, verdict),
    spec: recommended,
  };
}

const sentence = (note: string): string => `${note[0]!.toUpperCase()}${note.slice(1)}.`;

function verdictOf({ search, unit }: Tuned): string {
  const { winner } = search.heldOut;
  const where = unit === 'seed' ? 'on the held-out seeds' : 'on the held-out rounds';
  if (!winner) return 'Nothing that was tried is really better than the router as declared: keep it.';
  const by = signedInterval(winner.difference);
  if (keyOf(search.recommended) === keyOf(search.winner))
    return `Recommended: ${describe(winner)}. It earns ${by} more per request than the router as declared ${where}.`;
  const why =
    winner.difference.low > 0
      ? `it overspends (use ${winner.use!.toFixed(3)})`
      : `its difference, ${by}, cannot be told from none`;
  return `Keep the router as declared: ${describe(winner)} looked better where it was chosen, but ${where} ${why}.`;
}

const describe = ({ setting }: Tried): string =>
  Object.entries(setting.members)
    .map(([member, value]) => `${member} ${JSON.stringify(value)}`)
    .join(', ');

/** Whether a setting can be told from the one that its stage began with. */
function comparedWord({ difference: { low, high }, use = 0 }: Tried): string {
  if (low === 0 && high === 0) return 'the same';
  const spends = use > mostUse ? ', overspends' : '';
  return `${low > 0 ? 'better' : high < 0 ? 'worse' : 'not distinguishable'}${spends}`;
}

const intervalJson = ({ mean, low, high }: Estimate) => ({ mean, low, high });

function triedJson(tried: Tried) {
  const { setting, utility, worst, metrics, use, difference, values } = tried;
  return {
    name: setting.name,
    members: setting.members,
    utility: intervalJson(utility),
    worst,
    metrics,
    ...(use === undefined ? {} : { use }),
    difference: intervalJson(difference),
    compared: comparedWord(tried),
    // Of a log there is one for each round, and the log has them.
    ...(values.length <= mostListed ? { values } : {}),
  };
}
const mostListed = 1000;

const stageJson = ({ stage, tried, chosen }: TriedStage) => ({
  stage: stage.name,
  question: stage.question,
  tried: tried.map(triedJson),
  chosen: chosen.name,
});

const heldOutJson = ({ declared, winner }: HeldOut) => ({
  declared: triedJson(declared),
  winner: winner ? triedJson(winner) : null,
});

function heldOutTable({ search: { heldOut }, ...tuned }: Omit<Tuned, 'search'> & { search: Search }): PageTable {
  const rows = [heldOut.declared, ...(heldOut.winner ? [heldOut.winner] : [])];
  return {
    caption: `held out: ${tuned.unit === 'seed' ? 'seeds' : 'rounds'} that nothing was chosen by`,
    ...cells(rows, tuned.unit),
  };
}

const stageTable = ({ stage, tried, chosen }: TriedStage, { unit }: Tuned): PageTable => ({
  caption: `${stage.name}: ${stage.question}; settled on ${chosen.name}`,
  ...cells(tried, unit),
});

function cells(tried: readonly Tried[], unit: Ground['unit']): Pick<PageTable, 'head' | 'rows'> {
  const metrics = Object.keys(tried[0]!.metrics);
  const spends = tried.some(({ use }) => use !== undefined);
  const worst = unit === 'seed';
  return {
    head: [
      ...['setting', 'utility', '95 % interval', ...(worst ? ['worst seed'] : []), 'difference', '95 % interval'],
      ...['compared', ...metrics, ...(spends ? ['use'] : [])],
    ],
    rows: tried.map((one) => [
      one.setting.name,
      one.utility.mean.toFixed(4),
      interval(one.utility),
      ...(worst ? [one.worst.toFixed(4)] : []),
      signed(one.difference.mean),
      signedRange(one.difference),
      comparedWord(one),
      ...metrics.map((metric) => shortNumber(one.metrics[metric]!)),
      ...(spends ? [one.use?.toFixed(3) ?? '–'] : []),
    ]),
  };
}

const shortNumber = (value: number): string => (Number.isNaN(value) ? '–' : String(Number(value.toPrecision(4))));
const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
const interval = ({ low, high }: Estimate): string => `${low.toFixed(4)} to ${high.toFixed(4)}`;
const signedRange = ({ low, high }: Estimate): string => `${signed(low)} to ${signed(high)}`;
const signedInterval = ({ mean, low, high }: Estimate): string =>
  `${signed(mean)} (95 % ${signed(low)} to ${signed(high)})`;

/** Differences, because settings are chosen by them: what units have in common would hide them in the interval of a mean. */
function stageFigure({ stage, tried }: TriedStage, { unit }: Tuned) {
  const [first, ...others] = tried;
  const began = `${first!.setting.name}, ${first!.utility.mean.toFixed(4)}`;
  return {
    name: stage.name,
    caption: `What each setting earns per request more than what the stage began with (${began}), ${unit} by ${unit}, with the 95 % interval of the mean. One whose interval lies right of the dotted line is better.`,
    svg: intervalChart({
      title: `${stage.name}: ${stage.question}`,
      x: `accuracy points per request, less ${began}`,
      series: ['difference'],
      groups: others.map(({ setting, difference }): IntervalGroup => ({
        name: setting.name,
        points: [{ series: 0, ...intervalJson(difference) }],
      })),
      marks: [{ x: 0, label: '' }],
    }),
  };
}

function linesOf(tuned: Tuned, verdict: string): string[] {
  const { search, unit } = tuned;
  return [
    ...search.stages.flatMap(({ stage, tried, chosen }) => [
      `${stage.name}: ${stage.question}`,
      ...tableLines(tried, unit),
      `settled on: ${chosen.name}`,
      '',
    ]),
    `held out:`,
    ...tableLines([search.heldOut.declared, ...(search.heldOut.winner ? [search.heldOut.winner] : [])], unit),
    '',
    verdict,
    ...tuned.notes.map((note) => `note: ${note}`),
  ];
}

function tableLines(tried: readonly Tried[], unit: Ground['unit']): string[] {
  const { head, rows } = cells(tried, unit);
  return textColumns([head, ...rows]);
}
