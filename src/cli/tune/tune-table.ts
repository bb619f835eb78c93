/** Tunes on a full-information table: its models as arms, its rows as traffic, many seeds in all processors. */
import type { ProfileRow } from '../../routing/profile.js';
import type { RouterSpec } from '../../routing/spec.js';
import { sharedPlaces, shareTable } from '../../../sim/table/shared-table.js';
import { tableMetrics, type Table, type TableRow } from '../../../sim/table/table.js';
import type { Part } from '../../../sim/tuning/ground.js';
import { search } from '../../../sim/tuning/search.js';
import { stagesFor, type Stage } from '../../../sim/tuning/stages.js';
import { tableGround } from '../../../sim/tuning/table-ground.js';
import type { TuningTable } from '../../../sim/tuning/table-tuning.js';
import type { Tuned } from '../../../sim/tuning/report.js';
import { openChosen } from '../drive/choose-models.js';
import { requireSplits } from '../drive/known-splits.js';
import { measuredProfiles } from '../drive/measured-profiles.js';
import { objectiveOfTable } from '../drive/objective-of-table.js';
import { defaultContext, fieldsOf, routerOfTable, type ContextKind } from '../drive/router-of-table.js';
import { survey, type Survey } from '../drive/survey.js';
import { everyFault } from '../every-fault.js';
import { Failure, UsageError } from '../failures.js';
import type { Progress } from '../progress.js';
import { remaining } from '../simulate.js';
import type { TuneOptions } from '../tune.js';

export async function tuneTable(
  path: string,
  options: TuneOptions,
  watch: (total: number) => Progress,
): Promise<Tuned> {
  const table = await openChosen(path, options);
  const whole = await everyFault(survey(table, table.rows()));
  const { split = [], heldOut, seedFrom } = options;
  requireSplits(path, whole, [...split, ...[heldOut, seedFrom].filter((name) => name !== undefined)]);
  const spec = specOf(table, whole, options);
  const profiles = await profilesOf(table, spec, options);
  const rows = await rowsOf(table, options);
  requireKnown(spec, rows);
  const prepared: TuningTable = {
    ...{ name: path, spec, profiles, ...rows },
    ...{ order: options.order, gapMs: options.gap },
  };
  const requests = prepared.places.tuning.length;
  const stages = wantedStages(stagesFor({ requests, gapMs: options.gap, profiled: profiles.length > 0 }), options);
  const runs = options.seeds * (stages.reduce((sum, { options: tried }) => sum + tried.length, 1) + 2);
  const found = await searchIn(prepared, stages, options, watch(runs), runs);
  return { name: path, spec, search: found, unit: 'seed', units: options.seeds, notes: notesOf(options, prepared) };
}

async function searchIn(
  table: TuningTable,
  stages: readonly Stage[],
  { seeds, threads }: TuneOptions,
  progress: Progress,
  runs: number,
) {
  const began = performance.now();
  let done = 0;
  const onRun = () => progress.update(++done, remaining(performance.now() - began, done, runs));
  try {
    return await search(tableGround(table, { seeds, onRun, ...(threads === undefined ? {} : { threads }) }), stages);
  } finally {
    progress.stop();
  }
}

/** @throws UsageError when nothing is left to try */
export function wantedStages(stages: readonly Stage[], { only }: Pick<TuneOptions, 'only'>): readonly Stage[] {
  const wanted = only === undefined ? stages : stages.filter(({ name }) => only.includes(name));
  if (wanted.length > 0) return wanted;
  throw new UsageError(
    `nothing to try of ${only!.join(', ')}; here there are ${stages.map(({ name }) => name).join(', ')}`,
  );
}

function specOf(table: Table, whole: Survey, options: TuneOptions): RouterSpec {
  if (whole.rows === 0) throw new Failure(`${table.path} has no rows`);
  const context = contextKind(options, whole);
  if (context !== 'task' && whole.prompts === 0)
    throw new Failure(`${table.path} has no prompts; tune it with --context task`);
  const objective = objectiveOfTable(options, whole, table.models.length);
  const { name, dimension, budget } = options;
  return {
    ...routerOfTable({ name, context, dimension, objective }, table.models, whole),
    ...(budget ? { budgets: budget } : {}),
  };
}

function contextKind({ context, seedFrom }: TuneOptions, whole: Survey): ContextKind {
  const [kind, ...others] = context ?? [seedFrom !== undefined && whole.labelled > 0 ? 'both' : defaultContext(whole)];
  if (others.length === 0 && (kind === 'prompt' || kind === 'task' || kind === 'both'))
    return kind === 'both' && whole.prompts === 0 ? 'task' : kind;
  throw new UsageError(`expected --context prompt, task or both for a table, got ${context!.join(',')}`);
}

async function profilesOf(table: Table, { features }: RouterSpec, { seedFrom }: TuneOptions): Promise<ProfileRow[]> {
  if (seedFrom === undefined) return [];
  const measured = await survey(table, table.rows({ splits: [seedFrom] }));
  return measuredProfiles(measured, table.models, {
    perTask: fieldsOf(features).has('task'),
    source: `${table.path}, split ${seedFrom}`,
    measured_on: new Date().toISOString().slice(0, 10),
  });
}

type PreparedRows = Pick<TuningTable, 'table' | 'places' | 'metrics'>;

/** Rows that neither part wants are not held. */
async function rowsOf(
  table: Table,
  { split, heldOut, seedFrom, limit = Infinity }: TuneOptions,
): Promise<PreparedRows> {
  const apart = [seedFrom, heldOut].filter((name) => name !== undefined);
  const wants: Readonly<Record<Part, (split: string) => boolean>> = {
    tuning: (name) => (split === undefined ? !apart.includes(name) : split.includes(name)),
    'held-out': (name) => name === heldOut,
  };
  const found: Readonly<Record<Part, number[]>> = { tuning: [], 'held-out': [] };
  const parts: readonly Part[] = heldOut === undefined ? ['tuning'] : ['tuning', 'held-out'];
  async function* wanted(): AsyncGenerator<TableRow> {
    let place = 0;
    for await (const row of table.rows()) {
      if (parts.every((part) => found[part].length >= limit)) return;
      const takers = parts.filter((part) => found[part].length < limit && wants[part](row.split ?? ''));
      for (const part of takers) found[part].push(place);
      if (takers.length === 0) continue;
      place++;
      yield row;
    }
  }
  const shared = await shareTable(wanted(), table.models.length);
  if (found.tuning.length === 0) throw new Failure(`${table.path} has no rows left to tune on; say which with --split`);
  const tuning = sharedPlaces(found.tuning);
  const places = { tuning, 'held-out': heldOut === undefined ? tuning : sharedPlaces(found['held-out']) };
  return { table: shared, places, metrics: tableMetrics.filter((metric) => known(shared.outcomes[metric])) };
}

/** What no row says would count for nothing, whatever is tried. @throws UsageError */
function requireKnown({ objective, budgets = [] }: RouterSpec, { metrics }: PreparedRows): void {
  const asked = [
    ...Object.keys(objective).map((metric) => ({ option: '--objective', metric })),
    ...budgets.map(({ metric }) => ({ option: '--budget', metric })),
  ];
  const stranger = asked.find(({ metric }) => !(metrics as readonly string[]).includes(metric));
  if (!stranger) return;
  const { option, metric } = stranger;
  throw new UsageError(`expected ${option} of what the rows to tune on know (${metrics.join(', ')}), got "${metric}"`);
}

const known = (values: Float64Array | undefined): boolean => values?.some((value) => !Number.isNaN(value)) ?? false;

function notesOf({ heldOut, order, seedFrom }: TuneOptions, { spec }: TuningTable): string[] {
  return [
    ...(heldOut === undefined
      ? [
          'held-out seeds play the same rows in another order, which tells the luck of orders and not of other requests; --held-out names a split for that',
        ]
      : []),
    ...(order === 'shuffled'
      ? [
          'rows are shuffled, so that nothing drifts and forgetting can only cost; --order file plays them as they stand',
        ]
      : []),
    ...(seedFrom === undefined
      ? ['no profiles to start from, so their weight plays no part; --seed-from names a split to measure them on']
      : ['the declaration does not hold the profiles: import them after creating the router']),
    ...(spec.features.some(({ type }) => type === 'text')
      ? ['prompts were read by the built-in features; after fitting an encoder, other widths may be better']
      : []),
  ];
}
