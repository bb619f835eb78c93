/**
 * Kills the service at random moments under load, over and over, and then asks whether every promise was kept.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import type { RouterSpec } from '../../../src/routing/spec.js';
import { openStore } from '../../../src/store/open-store.js';
import { seededRandom } from '../random.js';
import { startProcess, type ProcessOptions } from '../tradewind-process.js';
import { Load } from './load.js';
import { verify } from './verify.js';

export interface CrashOptions extends ProcessOptions {
  readonly kills: number;
  readonly seed: number;
  /** Between a start and a kill, at least and at most. */
  readonly loadMs: readonly [least: number, most: number];
  /** Stops the database server as a crash would, and starts it again; done once, in the middle. */
  readonly crashDatabase?: () => Promise<void>;
  readonly onRound?: (round: CrashRound) => void;
}

export interface CrashRound {
  readonly round: number;
  readonly startMs: number;
  readonly loadMs: number;
  readonly decisions: number;
  readonly outcomes: number;
}

export interface CrashReport {
  readonly violations: readonly string[];
  readonly exitCode: number | null;
  readonly decisions: number;
  /** Decisions made by each run of the service. */
  readonly perLife: readonly number[];
  readonly outcomes: number;
  readonly corrections: number;
  readonly unlogged: number;
  readonly unanswered: number;
}

const tasks = ['sentiment', 'question-answering', 'summarization'];

/** Forgetting, an exact Thompson policy and budgets, beside the plain example router. */
const second: RouterSpec = {
  id: 'second',
  arms: [{ id: 'small' }, { id: 'medium' }, { id: 'large' }],
  features: [{ name: 'task', type: 'category', values: tasks }],
  objective: { accuracy: 1, energy_j: -0.0005 },
  policy: { name: 'thompson' },
  half_life: '8s',
  budgets: [{ metric: 'cost_usd', per_request: 0.004 }],
};

export async function runCrash(options: CrashOptions): Promise<CrashReport> {
  const { kills, seed, loadMs, crashDatabase, onRound } = options;
  const random = seededRandom(seed);
  const load = new Load({ random, routers: ['default', 'second'], tasks });
  let service = await startProcess(options);
  try {
    await post(`${service.url}/v1/routers`, second);
    for (let round = 1; round <= kills; round++) {
      const ms = loadMs[0] + random.below(loadMs[1] - loadMs[0]);
      const started = performance.now();
      if (round > 1) service = await startProcess(options);
      const startMs = Math.round(performance.now() - started);
      load.start(service.url);
      await sleep(ms);
      if (crashDatabase && round === Math.ceil(kills / 2)) await crashDatabase().then(() => sleep(ms));
      const { ended } = load.stop();
      await service.kill();
      await ended;
      const { decisions, acknowledged } = load;
      onRound?.({ round, startMs, loadMs: ms, decisions: decisions.length, outcomes: acknowledged.size });
    }
    service = await startProcess(options);
    load.start(service.url);
    await sleep(loadMs[0]);
    await load.stop().ended;
    await load.settle();
  } catch (error) {
    await service.kill();
    throw error;
  }
  return report(await service.stop(), options, load);
}

async function report(exitCode: number | null, options: CrashOptions, load: Load): Promise<CrashReport> {
  const { databaseUrl, dataDir } = options;
  const store = await openStore({ databaseUrl, dataDir });
  try {
    const { violations, unlogged } = await verify(store, load);
    const lives = Array.from({ length: options.kills + 1 }, (_, life) => life);
    return {
      violations,
      exitCode,
      unlogged,
      decisions: load.decisions.length,
      perLife: lives.map((life) => load.decisions.filter((decision) => decision.life === life).length),
      outcomes: load.acknowledged.size,
      corrections: load.corrections,
      unanswered: load.unanswered,
    };
  } finally {
    await store.close();
  }
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}
