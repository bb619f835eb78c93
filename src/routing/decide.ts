/**
 * One decision, from a view in memory: no database, no clock, no chance but the draw.
 *
 *   context → x → expected metrics → candidates → utility under objective and prices → a probability each → floor → draw
 */
import { sample } from '../../policies/exploration/sample.js';
import type { Candidates } from '../../policies/policy.js';
import { affordableArms, floorUnderBudgets } from './afford.js';
import { findCandidates, unconstrained, type CandidateAnswer } from './candidates.js';
import type { DecisionConditions, LoggedDecision } from './decision.js';
import { draw } from './draw.js';
import type { Embeddings } from './features/encoder.js';
import { objectiveErrors, weightsOf } from './objective.js';
import { predict, type Predictions } from './predict.js';
import { Problem } from './problem.js';
import { rank } from './ranking.js';
import type { RankedArm, RouteRequest } from './request.js';
import type { Router } from './router.js';
import type { Objective } from './spec.js';
import { uuidBytes } from './uuid.js';
import type { View } from './view.js';

export interface Decision {
  readonly logged: LoggedDecision;
  readonly ranking: readonly RankedArm[];
  readonly warnings: readonly string[];
  /** Expected value of every metric of the chosen arm, in the order of the metrics: what the budgets are charged. */
  readonly expected: readonly number[];
}

/**
 * @param conditions prices, allowances and broken arms at this moment
 * @param id         UUIDv7 of the decision; with the router's secret it settles the draw
 * @throws Problem for a request that does not fit the router
 */
export function decide(
  view: View,
  conditions: DecisionConditions,
  request: RouteRequest,
  id: string,
  embeddings?: Embeddings,
): Decision {
  const { router } = view;
  const features = router.encoder.encode(request.context, embeddings);
  const weights = weightsFor(router, request.objective);
  const predictions = predict(view, features, priced(router, weights, conditions.prices));
  const found = candidatesFor(view, conditions, request, predictions);
  const afforded = affordableArms(view, conditions, predictions, found);
  const chances = distribution(view, conditions, features, predictions, afforded.eligible);
  const drawn = sample(chances, draw(router.drawKey, uuidBytes(id, idBytes)));
  const chosen = afforded.eligible[drawn];
  const logged: LoggedDecision = {
    tenant: router.tenant,
    router: router.spec.id,
    id,
    revision: router.revision,
    schema: router.schema,
    view: view.versions,
    epoch: view.epoch,
    features,
    objective: request.objective ?? router.spec.objective,
    constraints: request.constraints ?? noConstraints,
    conditions,
    policy: router.policy.name,
    candidates: namesOf(router, afforded.eligible),
    probabilities: chances,
    excluded: exclusions(router, afforded),
    arm: router.arms[chosen],
    propensity: chances[drawn],
  };
  return {
    logged,
    ranking: rank(view, predictions, afforded, chances, chosen),
    warnings: router.encoder.warnings(request.context, embeddings).concat(found.warnings),
    expected: expectedOf(router, predictions, chosen),
  };
}

/** Bytes of the latest decision's id. */
const idBytes = new Uint8Array(16);

/** One object each for all decisions without any: the log tells by it that they have it in common. */
const noConstraints: LoggedDecision['constraints'] = Object.freeze({});
const noExclusions: LoggedDecision['excluded'] = Object.freeze([]);

/** The expected value of every metric of an arm. */
function expectedOf({ metrics, arms }: Router, { means }: Predictions, arm: number): readonly number[] {
  const expected: number[] = [];
  for (let m = 0; m < metrics.length; m++) expected.push(means[m * arms.length + arm]);
  return expected;
}

const namesOf = ({ arms }: Router, eligible: readonly number[]): readonly string[] =>
  eligible.length === arms.length ? arms : eligible.map((arm) => arms[arm]);

function weightsFor(router: Router, objective: Objective | undefined): Float64Array {
  if (objective === undefined) return router.weights;
  const errors = objectiveErrors(objective, router.metrics, '/objective');
  if (errors.length > 0) {
    throw new Problem(
      'invalid-metric',
      errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '),
      errors,
    );
  }
  return weightsOf(objective, router.metrics);
}

/** Weights less the dual prices: what a unit of each metric is worth while the budgets stand as they do. */
export function priced(router: Router, weights: Float64Array, prices: readonly number[]): Float64Array {
  const { budgets } = router.spec;
  if (!budgets || prices.every((price) => price === 0)) return weights;
  const result = weights.slice();
  budgets.forEach((budget, i) => {
    result[router.metricNames.indexOf(budget.metric)] -= prices[i];
  });
  return result;
}

function candidatesFor(
  { router }: View,
  { broken }: DecisionConditions,
  request: RouteRequest,
  { means }: Predictions,
): CandidateAnswer {
  const { arms } = router.spec;
  const { candidates, constraints, baseline = router.spec.baseline } = request;
  if (router.alwaysEligible && unconstrained(request, broken)) return router.alwaysEligible;
  const { task } = request.context;
  return findCandidates({
    arms,
    candidates,
    constraints,
    task: typeof task === 'string' ? task : undefined,
    broken,
    baseline,
    expected: (metric, arm) => means[router.metricNames.indexOf(metric) * arms.length + arm],
  });
}

/** The probability of each eligible arm: the policy's, lifted to the floor as far as the budgets bear it. */
export function distribution(
  view: View,
  conditions: DecisionConditions,
  features: Int16Array,
  predictions: Predictions,
  eligible: readonly number[],
): Float64Array {
  const wanted = view.router.policy.probabilities(candidatesOf(view, conditions, features, predictions, eligible));
  return floorUnderBudgets(view, conditions, predictions, eligible, wanted);
}

function candidatesOf(
  { router, mostOutcomes }: View,
  { allowances }: DecisionConditions,
  features: Int16Array,
  { utility, deviation }: Predictions,
  eligible: readonly number[],
): Candidates {
  const { taskProfiles, policy } = router;
  const profile = policy.usesProfiles ? taskProfiles.of(features) : taskProfiles.nothing;
  const energy = router.spec.budgets?.findIndex((budget) => budget.metric === 'energy_j') ?? -1;
  const all = eligible.length === router.arms.length;
  const pick = (values: Float64Array) => (all ? values : Float64Array.from(eligible, (arm) => values[arm]));
  return {
    arms: namesOf(router, eligible),
    mean: pick(utility),
    deviation: pick(deviation),
    outcomes: mostOutcomes,
    profile: { accuracy: pick(profile.accuracy), energy: pick(profile.energy) },
    energyBudget: energy < 0 ? Infinity : allowances[energy],
  };
}

function exclusions(router: Router, { eligible, reasons }: CandidateAnswer): LoggedDecision['excluded'] {
  if (eligible.length === reasons.length) return noExclusions;
  const excluded: LoggedDecision['excluded'][number][] = [];
  reasons.forEach((reason, arm) => {
    if (reason !== undefined) excluded.push({ arm: router.arms[arm], reason });
  });
  return excluded;
}
