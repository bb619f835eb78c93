/**
 * Experiment 1: for each budget learn online on shuffled `val`, then go on learning on shuffled `test`; reward and use
 * are of `test`. Beside it, with fewer seeds: the task label as well and profiles of `val` to start from; and `test` alone
 * without a budget, cold by the prompt and seeded by the label.
 */
import { mean as meanOf } from 'simple-statistics';

import { estimate } from '../../report/student.js';
import { fixedArms, type FixedPhase } from '../../runner/fixed-arms.js';
import type { RunSummary } from '../../runner/summary.js';
import type { Scenario } from '../scenario.js';
import { coldTable } from './cold-table.js';
import { configuration, type Variant } from './configuration.js';
import { readParetoData, type ParetoData } from './data.js';
import {
  openData,
  phasesOf,
  playOnce,
  resultRow,
  rowsOf,
  seedsOf,
  tableOf,
  worldOf,
  type Job,
  type Opened,
  type ResultRow,
} from './experiment.js';
import { fullInformationRegret } from './full-information.js';
import { coldRegret, experiment1 as published, hindsight } from './published.js';
import { experimentPage } from './page.js';
import { pairedRewards, pairedTable } from './paired.js';
import { plainRegret } from './plain-regret.js';

/** Beside the main rows one seed in so many is played, but no fewer than an interval takes. */
const besideEvery = 4;
const fewest = 2;

const seededWords = 'with the task label, seeded from profiles of val';

const isMain = ({ world, variant }: Job) => world === 'val, test' && !variant.seeded;
const isSeeded = ({ world, variant }: Job) => world === 'val, test' && variant.seeded === true;

export const paretobandit1: Scenario<ParetoData, Opened, Job, RunSummary> = {
  name: 'paretobandit-1',
  summary: 'seven budgets on one stream, beside the published figures of ParetoBandit',
  defaultSeeds: 20,
  prepare: readParetoData,
  open: openData,
  jobs(_, seeds) {
    const beside = seedsOf(Math.max(fewest, Math.ceil(seeds / besideEvery)));
    const budgets = published.map(({ budget }) => budget);
    return [
      ...budgets.flatMap((budget) => seedsOf(seeds).map((seed) => ({ world: 'val, test', variant: { budget }, seed }))),
      ...budgets.flatMap((budget) =>
        beside.map((seed) => ({
          world: 'val, test',
          variant: { budget, label: 'beside' as const, seeded: true },
          seed,
        })),
      ),
      ...seedsOf(seeds).map((seed) => ({ world: 'test', variant: {}, seed })),
      ...seedsOf(seeds).map((seed) => ({ world: 'test', variant: { label: 'alone' as const, seeded: true }, seed })),
    ];
  },
  play(opened, job) {
    const { val, test } = rowsOf(opened, job.variant);
    const warm = job.world === 'test' ? [] : [{ name: 'val', rows: val }];
    return playOnce(opened, worldOf(opened, [...warm, { name: 'test', rows: test }]), job);
  },
  conclude(data, jobs, results) {
    const rowsWhere = (fits: (job: Job) => boolean): ResultRow[] =>
      published.map((figures) => {
        const phases = phasesOf(jobs, results, 'test', (job) => fits(job) && job.variant.budget === figures.budget);
        return resultRow(phases, data.arms, figures.budget, 0, figures);
      });
    const rows = rowsWhere(isMain);
    const seeded = rowsWhere(isSeeded);
    const played = jobs.map((job, i) => ({ job, run: results[i]! }));
    const main = played.filter(({ job }) => isMain(job));
    const more = pairedRewards(
      played.filter(({ job }) => isSeeded(job)),
      main,
    );
    const regretOf = (withProfiles: boolean) =>
      estimate(
        results.flatMap((result, i) =>
          jobs[i]!.world === 'test' && (jobs[i]!.variant.seeded ?? false) === withProfiles
            ? [result.regret.at(-1)!]
            : [],
        ),
      );
    const told = toldEverything(data, seedsOf(new Set(jobs.map(({ seed }) => seed)).size));
    const plain = plainRegret(data);
    const cold = {
      regret: regretOf(false),
      with_label_alone_and_profiles: regretOf(true),
      published: coldRegret,
      told_every_score: told,
      plain,
    };
    const fixed = fixedModels(data);
    return {
      json: {
        ...{ configuration, rows, with_label_and_profiles: seeded },
        differences: [{ world: seededWords, than: 'the prompt alone', ...more }],
        ...{ without_budget_on_test: cold, hindsight, fixed },
      },
      page: experimentPage(
        {
          name: paretobandit1.name,
          title: 'Seven budgets, one stream',
          rows,
          data,
          changes: [],
          hindsight,
          fixed: aloneOf(data),
          beside: [{ caption: `Reward and use ${seededWords}`, rows: seeded }],
          tables: [pairedTable(`${seededWords}, less by the prompt alone`, more), coldTable(cold)],
        },
        main,
      ),
      lines: [
        ...tableOf(rows),
        '',
        `${seededWords}:`,
        ...tableOf(seeded),
        `that is ${signed(more.reward)} (${more.reward_ci95.map(signed).join(' to ')}) against the prompt alone, seed by seed, over all budgets`,
        '',
        `regret on test without a budget: cold ${cold.regret.mean.toFixed(1)}, by the task label from profiles of val ${cold.with_label_alone_and_profiles.mean.toFixed(1)} (published: seeded ${coldRegret.seeded}, cold ${coldRegret.cold}, random ${coldRegret.random})`,
        `a learner that is told every model's score, cold: by the prompt ${told.prompt.mean.toFixed(1)}, by the task label ${told.label.mean.toFixed(1)}, by both ${told.both.mean.toFixed(1)}`,
        `who learns nothing: at random ${plain.random.toFixed(1)}, the best model alone ${plain.best_model.toFixed(1)}, the best of each task in hindsight ${plain.best_per_task.toFixed(1)}`,
      ],
    };
  },
};

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;

/** The regret of the same beliefs on test when nothing has to be tried: what no cold start can be expected to beat. */
function toldEverything(data: ParetoData, seeds: readonly number[]) {
  const opened = openData(data);
  const regret = (variant: Variant) => fullInformationRegret(opened, variant, seeds);
  return { prompt: regret({}), label: regret({ label: 'alone' }), both: regret({ label: 'beside' }) };
}

/** What each model alone earns and costs on test, in whatever order. */
function aloneOf(data: ParetoData): readonly FixedPhase[] {
  const opened = openData(data);
  const world = worldOf(opened, [{ name: 'test', rows: opened.prompts.test }]);
  return fixedArms(world, { accuracy: 1 }, 1).phases;
}

/** Mean reward on test of each model alone, and of the best per prompt: a check that the data are the published ones. */
export function fixedModels({ arms, test }: ParetoData): Readonly<Record<string, number>> {
  const mean = (value: (row: (typeof test)[number]) => number) => meanOf(test.map(value));
  return {
    ...Object.fromEntries(arms.map((arm, k) => [arm, mean(({ outcomes }) => outcomes.accuracy[k]!)])),
    best_per_prompt: mean(({ outcomes }) => Math.max(...outcomes.accuracy)),
  };
}
