/**
 * The published experiments: every cell above the published reward, within the budget. With four seeds; with the twenty that are
 * reported by `LONG=1 npx vitest run test/statistical/paretobandit.test.ts`.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it, vi } from 'vitest';

import { runJobs } from '../../sim/runner/run-jobs.js';
import type { ResultRow } from '../../sim/scenarios/paretobandit/experiment.js';
import { findScenario } from '../../sim/scenarios/registry.js';

const data = fileURLToPath(new URL('../../../shared/data', import.meta.url));
const long = process.env['LONG'] !== undefined;
const SEEDS = long ? 20 : 4;
if (long) vi.setConfig({ testTimeout: 900_000 });
/**
 * Means over seeds. The greatest of twenty are .989 over a whole run and 1.0199 over a phase (experiment 2 at 6.62e-4, phase 3).
 * Phases scatter by some .03 from seed to seed, so that a mean of four may lie .01 above that of twenty: 1.026 in experiment 3.
 */
const USE = { whole: 1, worstSeed: 1.02, phase: long ? 1.02 : 1.03 };

interface Experiment1 {
  readonly rows: ResultRow[];
  readonly fixed: Record<string, number>;
  readonly without_budget_on_test: {
    readonly regret: { readonly mean: number };
    readonly published: { readonly cold: number; readonly random: number };
    readonly plain: { readonly random: number; readonly best_model: number; readonly best_per_task: number };
    readonly told_every_score: { readonly prompt: { readonly mean: number } };
  };
}

async function conclusionOf(name: string) {
  const scenario = findScenario(name);
  const prepared = await scenario.prepare(data);
  const jobs = scenario.jobs(prepared, SEEDS);
  return scenario.conclude(prepared, jobs, await runJobs(scenario, prepared, jobs, { threads: 0 }));
}

describe.skipIf(!existsSync(data))('ParetoBandit on its own data (skipped without ../shared/data)', () => {
  it('is beaten under every budget, which is kept', async () => {
    const { json } = await conclusionOf('paretobandit-1');
    const { rows, fixed, without_budget_on_test: cold } = json as Experiment1;
    // Below what was published, and not below what who is told everything has to pay.
    expect(cold.regret.mean).toBeLessThan(cold.published.cold);
    expect(cold.told_every_score.prompt.mean).toBeLessThan(cold.regret.mean);
    // Regret is what the publication calls so: by it, choosing at random costs the same (theirs is a mean over draws).
    expect(Math.abs(cold.plain.random - cold.published.random)).toBeLessThan(1);
    // .9322 against .9633 over 1,824 prompts, and the best of each task in hindsight: sums of the table, to the digit.
    expect([cold.plain.best_model, cold.plain.best_per_task].map((regret) => regret.toFixed(1))).toEqual([
      '56.8',
      '44.8',
    ]);
    expect(Object.values(fixed).map((value) => value.toFixed(4))).toEqual(['0.7931', '0.9231', '0.9322', '0.9633']);
    expect(rows).toHaveLength(7);
    for (const { reward, published_reward, use, worst_use } of rows) {
      expect(reward).toBeGreaterThan(published_reward!);
      expect(use).toBeLessThanOrEqual(USE.whole);
      expect(worst_use).toBeLessThanOrEqual(USE.worstSeed);
    }
  });

  it.each(['paretobandit-2', 'paretobandit-3'])('is beaten in every phase of %s', async (name) => {
    const { rows } = (await conclusionOf(name)).json as { rows: ResultRow[] };
    expect(rows).toHaveLength(9);
    for (const { reward, published_reward, use } of rows) {
      expect(reward).toBeGreaterThan(published_reward!);
      expect(use).toBeLessThanOrEqual(USE.phase);
    }
  });
});
