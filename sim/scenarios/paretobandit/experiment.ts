/** What the three experiments share: worlds over the table, one run, and rows of results beside the published ones. */
import { detectionOf } from '../../../src/routing/changes/detection.js';
import { TextEncoderArtifact } from '../../../src/routing/features/text-encoder-artifact.js';
import { play } from '../../runner/play.js';
import { summarise, type PhaseSummary, type RunSummary } from '../../runner/summary.js';
import { estimate } from '../../report/student.js';
import { tableWorld, worldRow, type Phase, type WorldRow } from '../../worlds/table-world.js';
import type { World } from '../../worlds/world.js';
import { profilesOf, routerSpec, type Variant } from './configuration.js';
import type { ParetoData } from './data.js';
import type { Published } from './published.js';

export interface Rows {
  readonly val: readonly WorldRow[];
  readonly test: readonly WorldRow[];
}

/** The data made ready to play, once a thread. */
export interface Opened {
  readonly data: ParetoData;
  readonly encoder: TextEncoderArtifact;
  /** Requests that bring the prompt alone, and those that bring the label as well, or the label alone. */
  readonly prompts: Rows;
  readonly labelled: Rows;
  readonly labels: Rows;
}

export interface RunVariant extends Variant {
  /** Start from the profiles that `val` gives. */
  readonly seeded?: boolean;
}

export interface Job {
  /** Names the world, and with the variant the cell that the run belongs to. */
  readonly world: string;
  readonly variant: RunVariant;
  readonly seed: number;
}

/** A job and what came of it. */
export interface PlayedJob {
  readonly job: Job;
  readonly run: RunSummary;
}

const metrics = ['accuracy', 'cost_usd'];

export function openData(data: ParetoData): Opened {
  const rows = (fields: readonly ('prompt' | 'task')[]): Rows => {
    const placed = (table: ParetoData['val']) =>
      table.map((row, i) => worldRow(row, fields, metrics, { table, row: i, rows: table.length }));
    return { val: placed(data.val), test: placed(data.test) };
  };
  return {
    data,
    encoder: TextEncoderArtifact.fromBytes(data.encoder),
    prompts: rows(['prompt']),
    labelled: rows(['prompt', 'task']),
    labels: rows(['task']),
  };
}

/** A world of the table's rows. */
export const worldOf = ({ data }: Opened, phases: readonly Phase[]): World =>
  tableWorld({ name: 'paretobandit-k3', arms: data.arms, metrics, phases });

export const rowsOf = (opened: Opened, { label }: Variant): Rows =>
  label === undefined ? opened.prompts : label === 'alone' ? opened.labels : opened.labelled;

/** Warm up on val, then phases 1, 2 and 3; the third plays the prompts of the first again. */
export function phasedWorld(opened: Opened, variant: Variant): World {
  const { val, test } = rowsOf(opened, variant);
  const at = (positions: readonly number[]) => positions.map((position) => test[position]!);
  const { p1_p3, p2 } = opened.data.phases;
  return worldOf(opened, [
    { name: 'val', rows: val },
    { name: '1', rows: at(p1_p3) },
    { name: '2', rows: at(p2) },
    { name: '3', rows: at(p1_p3) },
  ]);
}

/** One run under the one configuration. */
export function playOnce(opened: Opened, world: World, { variant, seed }: Job): RunSummary {
  const spec = routerSpec(opened.data, opened.encoder.hash, variant);
  const router = {
    spec,
    profiles: variant.seeded ? profilesOf(opened.data) : [],
    encoders: new Map([[opened.encoder.hash, opened.encoder]]),
  };
  return summarise(play({ world, router, seed, watch: detectionOf(spec) }));
}

/** A cell of the results: one budget in one phase. */
export interface ResultRow {
  readonly budget: number;
  /** 0 for the whole test split. */
  readonly phase: number;
  readonly reward: number;
  readonly reward_ci95: readonly [low: number, high: number];
  /** Mean cost over budget: the mean over seeds, and the worst seed. */
  readonly use: number;
  readonly worst_use: number;
  readonly published_reward: number | null;
  readonly published_use: number | null;
  readonly shares: Readonly<Record<string, number>>;
}

/** @param phases of the same name, one per seed */
export function resultRow(
  phases: readonly PhaseSummary[],
  arms: readonly string[],
  budget: number,
  phase: number,
  published: Published | undefined,
): ResultRow {
  const reward = estimate(phases.map(({ means }) => means.accuracy!));
  const uses = phases.map(({ means }) => means.cost_usd! / budget);
  const place = Math.max(0, phase - 1);
  return {
    budget,
    phase,
    reward: reward.mean,
    reward_ci95: [reward.low, reward.high],
    use: estimate(uses).mean,
    worst_use: Math.max(...uses),
    published_reward: published?.reward[place] ?? null,
    published_use: published?.use[place] ?? null,
    shares: Object.fromEntries(arms.map((arm, k) => [arm, estimate(phases.map(({ shares }) => shares[k]!)).mean])),
  };
}

/** The phases of that name, of the runs whose job fits. */
export function phasesOf(
  jobs: readonly Job[],
  results: readonly RunSummary[],
  phase: string,
  fits: (job: Job) => boolean,
): PhaseSummary[] {
  return results.flatMap((result, i) =>
    fits(jobs[i]!) ? result.phases.filter((candidate) => candidate.phase === phase) : [],
  );
}

export const seedsOf = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** A text table of rows against the published figures. */
export function tableOf(rows: readonly ResultRow[]): string[] {
  const line = (cells: readonly string[]) => cells.map((cell) => cell.padStart(10)).join('  ');
  const published = (value: number | null) => (value === null ? '' : value.toFixed(3));
  return [
    line(['budget', 'phase', 'reward', '±', 'published', 'use', 'worst', 'published']),
    ...rows.map((row) =>
      line([
        row.budget.toExponential(3),
        row.phase === 0 ? 'test' : String(row.phase),
        row.reward.toFixed(4),
        ((row.reward_ci95[1] - row.reward_ci95[0]) / 2).toFixed(4),
        published(row.published_reward),
        row.use.toFixed(3),
        row.worst_use.toFixed(3),
        published(row.published_use),
      ]),
    ),
  ];
}
