/** Runs of a tuning on a table, as threads play them. */
import { detectionOf } from '../../src/routing/changes/detection.js';
import type { TextEncoderArtifact } from '../../src/routing/features/text-encoder-artifact.js';
import type { ProfileRow } from '../../src/routing/profile.js';
import type { RouterSpec } from '../../src/routing/spec.js';
import { play } from '../runner/play.js';
import type { Played } from '../runner/played.js';
import type { Playable } from '../scenarios/scenario.js';
import type { SharedTable } from '../table/shared-table.js';
import type { TableMetric } from '../table/table.js';
import { sharedRows } from '../worlds/shared-rows.js';
import { tableWorld, type RowSource } from '../worlds/table-world.js';
import type { World } from '../worlds/world.js';
import type { Part } from './ground.js';
import { orderedWorld } from './ordered-world.js';
import { withSetting, type Setting } from './setting.js';

/** What travels to the threads; the table itself is shared between them. */
export interface TuningTable {
  readonly name: string;
  readonly spec: RouterSpec;
  readonly profiles: readonly ProfileRow[];
  readonly metrics: readonly TableMetric[];
  readonly table: SharedTable;
  /** Which rows of the table each part plays, in order. */
  readonly places: Readonly<Record<Part, Uint32Array>>;
  /** Shuffled by the seed, or as they stand in the file. */
  readonly order: 'shuffled' | 'file';
  readonly gapMs: number;
}

interface Opened extends TuningTable {
  readonly rows: Readonly<Record<Part, RowSource>>;
}

export interface TuningJob {
  readonly setting: Setting;
  readonly part: Part;
  readonly seed: number;
}

/** Means over the requests of one run. */
export interface RunFigures {
  readonly utility: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Mean spend over ceiling of each budget that is a mean per request. */
  readonly uses: readonly number[];
}

export const tableTuning: Playable<TuningTable, Opened, TuningJob, RunFigures> = {
  name: 'tuning on a table',
  open(prepared) {
    const rowsOf = (part: Part) => sharedRows(prepared.table, prepared.places[part], prepared.metrics);
    return { ...prepared, rows: { tuning: rowsOf('tuning'), 'held-out': rowsOf('held-out') } };
  },
  play(table, { setting, part, seed }) {
    const spec = withSetting(table.spec, setting);
    const router = { spec, profiles: table.profiles, encoders: new Map<string, TextEncoderArtifact>() };
    const watch = detectionOf(spec);
    return figuresOf(play({ world: worldOf(table, part), router, seed, gapMs: table.gapMs, watch }), spec);
  },
};

function worldOf({ name, spec, metrics, rows, order }: Opened, part: Part): World {
  const shared = { name, arms: spec.arms.map(({ id }) => id), metrics };
  return order === 'file'
    ? orderedWorld({ ...shared, rows: rows[part] })
    : tableWorld({ ...shared, phases: [{ name: 'all', rows: rows[part] }] });
}

function figuresOf({ utility, outcomes }: Played, { budgets = [] }: RouterSpec): RunFigures {
  const metrics = Object.fromEntries(Object.entries(outcomes).map(([metric, values]) => [metric, meanKnown(values)]));
  return {
    utility: meanKnown(utility),
    metrics,
    uses: budgets.flatMap((budget) =>
      'per_request' in budget ? [(metrics[budget.metric] ?? NaN) / budget.per_request] : [],
    ),
  };
}

function meanKnown(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
