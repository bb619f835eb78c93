import { packFeatures, unpackFeatures } from '../routing/bytes.js';
import type { LoggedDecision } from '../routing/decision.js';
import { decisionTime } from './decision-time.js';

/**
 * A decision in the column names of its table.
 * @throws RangeError when a number is not finite, or the id is no UUIDv7
 */
export function decisionColumns(decision: LoggedDecision) {
  refuseUnfinished(decision);
  const { revision, schema, view, epoch, objective, constraints, conditions, policy } = decision;
  const { candidates, excluded, arm, propensity } = decision;
  return {
    decided_at: decisionTime(decision.id).toISOString(),
    decision_id: decision.id.toLowerCase(),
    ...{ revision, schema, view, epoch, objective, constraints, conditions, policy },
    ...{ candidates, excluded, arm, propensity },
    features: Buffer.from(packFeatures(decision.features)).toString('base64'),
    probabilities: [...decision.probabilities],
  };
}

export type DecisionColumns = ReturnType<typeof decisionColumns>;

/** A decision as the database gives it back; JSON columns are parsed already. */
export interface DecisionRow extends Omit<DecisionColumns, 'decided_at' | 'features'> {
  readonly tenant: string;
  readonly router: string;
  readonly features: Buffer;
}

export function decisionOf({ decision_id: id, features, probabilities, ...rest }: DecisionRow): LoggedDecision {
  return { ...rest, id, features: unpackFeatures(features), probabilities: Float64Array.from(probabilities) };
}

/** JSON would turn them into null without a word. */
function refuseUnfinished({ objective, constraints, conditions, probabilities, propensity }: LoggedDecision): void {
  const limits = Object.values(constraints).filter((value) => typeof value === 'number');
  const numbers = [
    ...Object.values(objective),
    ...limits,
    ...conditions.prices,
    ...conditions.allowances,
    ...conditions.ceilings,
    ...probabilities,
    propensity,
  ];
  const odd = numbers.find((value) => !Number.isFinite(value));
  if (odd !== undefined) throw new RangeError(`a decision holds finite numbers only, got ${odd}`);
}
