/**
 * What if the policy, the weights or the budget had been others: a window of the live log, played anew by the code that
 * decides and learns, from what was known when the window began. Bounded: the newest decisions of the window up to a limit,
 * in slices beside the traffic, and an end after which it is given up.
 */
import Type, { type Static } from 'typebox';

import type { Reading } from '../../sim/off-policy/columns.js';
import { estimatedBeside, evaluate, intervalNames, type Evaluation } from '../../sim/off-policy/evaluate.js';
import { estimatorNames, type EstimatorName } from '../../sim/off-policy/estimators/registry.js';
import { outcomesOf } from '../../sim/off-policy/reading.js';
import type { DecisionLog, Round } from '../../sim/off-policy/round.js';
import { playedRouter } from '../../sim/off-policy/targets/played-router.js';
import type { LoggedDecision } from '../routing/decision.js';
import type { OutcomeRow } from '../routing/outcome.js';
import { invalidAt, Problem } from '../routing/problem.js';
import { buildRouter, type Router } from '../routing/router.js';
import { Budget, Objective, PolicySpec, type RouterSpec } from '../routing/spec.js';
import type { Cell } from '../routing/statistics-table.js';
import { uuidBytes, uuidTimeMs } from '../routing/uuid.js';
import { newestWindow } from '../store/newest-window.js';
import { streamDecisions } from '../store/read-decisions.js';
import { readOutcomes } from '../store/read-outcomes.js';
import type { RouterRecord } from '../store/router-record.js';
import { statisticsAt } from '../store/statistics-at.js';
import { featuresOf } from '../routing/statistics-schema.js';
import type { Store } from '../store/store.js';
import { checkAnytime, cutOff, declaredRange } from './anytime.js';
import { armsOf, roundsOf } from './logged-rounds.js';
import { partsOf } from './router-parts.js';
import { Slices } from './slices.js';

export const mostDecisions = 50_000;
export const usualDecisions = 10_000;
export const timeLimitSeconds = 20;
const sliceMs = 4;
const pageSize = 500;
const usualWindowMs = 7 * 24 * 3_600_000;

export const EvaluationQuestion = Type.Object(
  {
    policy: Type.Optional(PolicySpec),
    objective: Type.Optional(Objective),
    budget: Type.Optional(
      Type.Union([Budget, Type.Array(Budget, { maxItems: 16 })], {
        description: "in place of the router's budgets; [] for none",
      }),
    ),
    floor: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    from: Type.Optional(Type.String({ format: 'date-time', description: 'seven days before `to` by default' })),
    to: Type.Optional(Type.String({ format: 'date-time', description: 'now by default; itself outside the window' })),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: mostDecisions,
        description: `the newest decisions of the window; ${usualDecisions} by default`,
      }),
    ),
    estimators: Type.Optional(
      Type.Array(Type.Union(estimatorNames.map((name) => Type.Literal(name))), { minItems: 1, maxItems: 11 }),
    ),
    interval: Type.Optional(
      Type.Union(
        intervalNames.map((name) => Type.Literal(name)),
        { description: 'corrected by default; anytime holds over all looks since `from`, and is for ips' },
      ),
    ),
    range: Type.Optional(
      Type.Object(
        { minimum: Type.Number(), maximum: Type.Number() },
        {
          additionalProperties: false,
          description: 'of what is valued, for the interval `anytime`; by the bounds of the metrics by default',
        },
      ),
    ),
    confidence: Type.Optional(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 })),
  },
  { additionalProperties: false },
);
export type EvaluationQuestion = Static<typeof EvaluationQuestion>;

export interface WindowEvaluation extends Evaluation {
  readonly router: string;
  /** The window that was evaluated, after the limit. */
  readonly from: string;
  readonly to: string;
}

/**
 * @param record the router as it is declared now
 * @throws Problem 'not-evaluable' when the window holds no decision or takes too long, or profiles are missing,
 *   'invalid-router' for a change that the router can't have, 'invalid-request' when the window ends before it begins, or has no fixed beginning and needs one
 */
export async function evaluateWindow(
  store: Store,
  record: RouterRecord,
  question: EvaluationQuestion,
  now: number,
): Promise<WindowEvaluation> {
  checkAnytime(question);
  const slices = new Slices(sliceMs, 1_000 * timeLimitSeconds, tooLong);
  const parts = await partsOf(store, { ...record, spec: changed(record.spec, question) });
  const router = buildRouter(parts);
  checkProfiles(router);
  const window = await windowOf(store, record, question, now);
  const found = await readWindow(store, record, router, window, slices);
  const before = await learnedBefore(store, record, router, found.first);
  const target = playedRouter({ name: router.policy.name, parts, arms: found.log.arms, cells: before.cells });
  const { estimators, interval, confidence } = question;
  const evaluation = await evaluate(found.log, readingOf(router, found.metrics, slices), target, {
    ...(estimators ? { estimators: [...new Set(estimators)] as EstimatorName[] } : {}),
    ...(interval ? { interval } : {}),
    ...(interval === 'anytime' ? { range: question.range ?? declaredRange(router) } : {}),
    ...(confidence === undefined ? {} : { confidence }),
  });
  return {
    router: record.router,
    from: window.from.toISOString(),
    to: window.to.toISOString(),
    ...evaluation,
    warnings: [...evaluation.warnings, ...found.warnings, ...before.warnings],
  };
}

/** The declaration of a router as a question would have it. */
export function changed(
  spec: RouterSpec,
  { policy, objective, budget, floor }: Pick<EvaluationQuestion, 'policy' | 'objective' | 'budget' | 'floor'>,
): RouterSpec {
  return {
    ...spec,
    ...(policy ? { policy } : {}),
    ...(objective ? { objective } : {}),
    ...(budget ? { budgets: Array.isArray(budget) ? budget : [budget] } : {}),
    ...(floor === undefined ? {} : { floor }),
  };
}

/**
 * The policy that goes by profiles alone chooses uniformly where there are none, which is the answer to another question.
 * @throws Problem 'not-evaluable'
 */
export function checkProfiles({ policy, taskProfiles, spec }: Router): void {
  if (policy.name !== 'profile' || taskProfiles.speak) return;
  throw new Problem(
    'not-evaluable',
    `expected profiles with accuracy and energy_j for the policy "profile" to choose by, got a router "${spec.id}" without; import ` +
      `them with POST /v1/routers/${spec.id}/profiles or "tradewind profiles import", or ask about another policy`,
  );
}

interface TimeWindow {
  readonly from: Date;
  readonly to: Date;
}

async function windowOf(
  store: Store,
  record: RouterRecord,
  { from, to, limit = usualDecisions, interval }: EvaluationQuestion,
  now: number,
): Promise<TimeWindow> {
  const end = to === undefined ? new Date(now) : new Date(to);
  const start = from === undefined ? new Date(end.getTime() - usualWindowMs) : new Date(from);
  if (!(start < end))
    throw invalidAt('/from', `expected from before to, got ${start.toISOString()} and ${end.toISOString()}`);
  const asked = { from: start, to: end };
  if (interval !== 'anytime') return { from: await newestWindow(store, record, asked, limit), to: end };
  if ((await newestWindow(store, record, asked, limit + 1)) > start) throw cutOff(start.toISOString(), limit);
  return asked;
}

interface FoundWindow {
  readonly log: DecisionLog;
  readonly first: LoggedDecision;
  /** Metrics that were reported of any of its decisions. */
  readonly metrics: readonly string[];
  readonly warnings: readonly string[];
}

async function readWindow(
  store: Store,
  record: RouterRecord,
  router: Router,
  window: TimeWindow,
  slices: Slices,
): Promise<FoundWindow> {
  const decisions: LoggedDecision[] = [];
  const outcomes: OutcomeRow[] = [];
  let strange = 0;
  for await (const page of streamDecisions(store, record, { ...window, limit: pageSize })) {
    // Under other features a context was another vector, which the router as it is now can't read.
    const known = page.filter(({ schema }) => featuresOf(schema) === router.encoder.schema);
    strange += page.length - known.length;
    decisions.push(...known);
    const ids = known.map(({ id }) => id);
    if (ids.length > 0) outcomes.push(...(await readOutcomes(store, record, ids)));
    await slices.pause();
  }
  if (decisions.length === 0) throw empty(record.router, window, strange);
  const arms = armsOf(router.arms, decisions);
  const rounds: Round[] = roundsOf(arms, { decisions, outcomes }, 1);
  return {
    log: { name: record.router, arms, rounds: () => rounds },
    first: decisions[0],
    metrics: router.metricNames.filter((name) => outcomes.some(({ metric }) => metric === name)),
    warnings: strange > 0 ? [`${strange} decisions were made under other features of the router and are left out`] : [],
  };
}

function readingOf(router: Router, metrics: readonly string[], slices: Slices): Reading {
  return {
    dimension: router.encoder.dimension,
    encode: ({ features }) => features!,
    outcomes: outcomesOf(router.spec.objective, estimatedBeside(router.spec.objective, metrics)),
    pause: () => slices.pause(),
  };
}

/** What the router had learned when it made the first decision of the window. */
async function learnedBefore(
  store: Store,
  record: RouterRecord,
  { settings }: Router,
  first: LoggedDecision,
): Promise<{ readonly cells: readonly Cell[]; readonly warnings: readonly string[] }> {
  const decidedAt = new Date(uuidTimeMs(uuidBytes(first.id)));
  const past = { versions: first.view, decidedAt, windowMs: settings.feedbackWindowMs };
  try {
    return { cells: await statisticsAt(store, record, past), warnings: [] };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'not-explainable') throw error;
    const warning =
      'what had been learned before the window can no longer be found; the target starts from the profiles';
    return { cells: [], warnings: [warning] };
  }
}

const tooLong = (): Problem =>
  new Problem(
    'not-evaluable',
    `expected to be done within ${timeLimitSeconds} s; narrow the window with from and to, or give a smaller limit`,
  );

function empty(router: string, { from, to }: TimeWindow, strange: number): Problem {
  const why = strange > 0 ? `; the ${strange} that are there were made under other features of the router` : '';
  return new Problem(
    'not-evaluable',
    `expected logged decisions of "${router}" from ${from.toISOString()} to ${to.toISOString()}, found none${why}`,
  );
}
