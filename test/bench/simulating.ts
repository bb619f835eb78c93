/**
 * What one simulated request costs: the world's draw, the decision, its outcomes of two metrics, the watch for changes,
 * learning from them, and forming the view anew from time to time. Beside it what of that cannot be left out of any
 * simulation that learns at every step: the bare decision, and learning two outcomes with the forming of views. Processor
 * time rather than the clock's, so that other work on the machine counts for less; all three are taken in turns.
 */
import { detectionOf } from '../../src/routing/changes/detection.js';
import { decide } from '../../src/routing/decide.js';
import { buildRouter, type Router } from '../../src/routing/router.js';
import type { OutcomeRow } from '../../src/routing/outcome.js';
import type { RouteRequest } from '../../src/routing/request.js';
import type { RouterSpec } from '../../src/routing/spec.js';
import { StatisticsTable } from '../../src/routing/statistics-table.js';
import { fold, outcomeRows } from '../../src/routing/learn.js';
import { ViewMaker } from '../../src/routing/view.js';
import { chanceOf } from '../../sim/random.js';
import { defaultFormEvery, play } from '../../sim/runner/play.js';
import { RunningView } from '../../sim/runner/running-view.js';
import { virtualClock } from '../../sim/runner/clock.js';
import { linearWorld } from '../../sim/worlds/linear-world.js';
import type { Step, World } from '../../sim/worlds/world.js';
import type { DecisionConditions } from '../../src/routing/decision.js';
import type { BenchModule, Row } from './row.js';

export interface SimulatedCost {
  readonly arms: number;
  /** Length of the features: the constant, the vector, and whether it is missing. */
  readonly d: number;
  /** Requests in one run. */
  readonly rows: number;
  /**
   * Microseconds of processor time for one simulated request, for one bare decision, and for two outcomes into the sums and
   * the running view, forming included; medians over rounds.
   */
  readonly simulated_us: number;
  readonly decide_us: number;
  readonly learn_us: number;
}

const ROUNDS = 5;
/** Requests of all runs of one round together, at least. */
const REQUESTS = 4000;
const LEARNED = 500;

const specOf = (world: World, d: number): RouterSpec => ({
  id: 'bench',
  arms: world.arms.map((id) => ({ id })),
  features: [{ name: 'x', type: 'vector', dimension: d - 2 }],
  objective: { accuracy: 1, energy_j: -0.01 },
});

const calm: DecisionConditions = { prices: [], ceilings: [], allowances: [], broken: [] };

/** @param d ≥ 3 */
export function simulatedCost(arms: number, d: number, rows: number): SimulatedCost {
  const world = linearWorld({ arms, dimension: d - 2, length: rows });
  const router = { spec: specOf(world, d), profiles: [], encoders: new Map() };
  const runs = Math.max(1, Math.round(REQUESTS / rows));
  const simulate = (round: number): void => {
    for (let run = 0; run < runs; run++)
      play({ world, router, seed: round * runs + run, watch: detectionOf(router.spec) });
  };
  const bare = bareDecisions(world, router.spec);
  const learn = (): void => {
    for (let run = 0; run < runs; run++) learnAll(router.spec, outcomes);
  };
  const outcomes = outcomesOf(world, router.spec, rows);
  const simulated: number[] = [];
  const decided: number[] = [];
  const learned: number[] = [];
  // The first round is for the compiler.
  for (let round = 0; round <= ROUNDS; round++) {
    const playing = microseconds(() => simulate(round)) / (runs * rows);
    const [deciding, learning] = [bare.round(), microseconds(learn) / (runs * rows)];
    if (round === 0) continue;
    simulated.push(playing);
    decided.push(deciding);
    learned.push(learning);
  }
  bare.release();
  return { arms, d, rows, simulated_us: median(simulated), decide_us: median(decided), learn_us: median(learned) };
}

function routerOf(spec: RouterSpec): Router {
  const parts = { spec, profiles: [], encoders: new Map(), tenant: 'bench', revision: 1 };
  return buildRouter({ ...parts, secret: new Uint8Array(32).fill(7) });
}

/** What came of each request, the arms taking turns: rows of two metrics. */
function outcomesOf(world: World, spec: RouterSpec, count: number): OutcomeRow[][] {
  const router = routerOf(spec);
  const clock = virtualClock(chanceOf(1, 'ids'), 1000);
  return stepsOf(world, count).map((step, i) => {
    const k = i % world.arms.length;
    const features = router.encoder.encode(step.context);
    const target = { tenant: 'bench', router: spec.id, decisionId: clock.id(i), arm: world.arms[k]!, propensity: 1 };
    const metrics = Object.fromEntries(world.metrics.map((metric) => [metric, step.outcomes[metric]![k]!]));
    return outcomeRows(spec, { ...target, schema: router.schema, epoch: 0, features }, { metrics });
  });
}

/** One run without its decisions, as often formed as one with them. */
function learnAll(spec: RouterSpec, outcomes: readonly (readonly OutcomeRow[])[]): void {
  const view = new RunningView(routerOf(spec), defaultFormEvery, 0);
  for (const rows of outcomes) view.learn(rows);
  view.release();
}

/** Decisions of a router that has learned from as many requests as half a thousand, over the world's own contexts. */
function bareDecisions(world: World, spec: RouterSpec) {
  const router = routerOf(spec);
  const table = new StatisticsTable();
  const clock = virtualClock(chanceOf(1, 'ids'), 1000);
  const maker = new ViewMaker(router);
  for (const row of outcomesOf(world, spec, LEARNED).flat()) fold(table, spec, row, 1);
  const steps = stepsOf(world, LEARNED);
  const view = maker.form(table, 0, {});
  const requests: RouteRequest[] = steps.map(({ context }) => ({ router: spec.id, context }));
  let request = steps.length;
  return {
    round: () =>
      microseconds(() => {
        for (let i = 0; i < REQUESTS; i++) decide(view, calm, requests[i % requests.length]!, clock.id(request++));
      }) / REQUESTS,
    release: () => maker.release(),
  };
}

/** The world's requests, from the start again where it has fewer. */
function stepsOf(world: World, count: number): Step[] {
  const once = [...world.steps(chanceOf(1, 'bench'))];
  return Array.from({ length: count }, (_, i) => once[i % once.length]!);
}

function microseconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

function* rows(): Iterable<Row> {
  for (const [arms, d] of [
    [3, 26],
    [8, 16],
    [16, 64],
  ] as const) {
    const { simulated_us, decide_us, learn_us } = simulatedCost(arms, d, 4000);
    const row = (reference: string, us: number): Row => ({
      ...{ name: 'simulate one request', arms, d, median_us: simulated_us },
      ...{ reference, reference_median_us: us, ratio: us / simulated_us },
    });
    yield row('the bare decision', decide_us);
    yield row('the decision, two outcomes learned, views formed', decide_us + learn_us);
  }
}

export const simulating: BenchModule = { name: 'simulate', rows };
