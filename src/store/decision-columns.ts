import { unpackFeatures } from '../routing/bytes.js';
import type { LoggedDecision } from '../routing/decision.js';

/** What decisions of one view under one declaration mostly have in common, in the column names of their table. */
export type GroundColumns = Pick<
  LoggedDecision,
  | 'revision'
  | 'schema'
  | 'view'
  | 'epoch'
  | 'objective'
  | 'constraints'
  | 'conditions'
  | 'policy'
  | 'candidates'
  | 'excluded'
>;

/** @throws RangeError when a number is not finite */
export function groundColumns(decision: LoggedDecision): GroundColumns {
  const { revision, schema, view, epoch, objective, constraints, conditions, policy, candidates, excluded } = decision;
  for (const limit of Object.values(constraints)) if (typeof limit === 'number') refuseUnfinished(limit);
  for (const weight of Object.values(objective)) refuseUnfinished(weight);
  for (const numbers of [conditions.prices, conditions.allowances, conditions.ceilings])
    for (const number of numbers) refuseUnfinished(number);
  return { revision, schema, view, epoch, objective, constraints, conditions, policy, candidates, excluded };
}

/** Whether two decisions have their ground in common, as far as can be told without looking inside. */
export const sameGround = (a: GroundColumns, b: GroundColumns): boolean =>
  a.view === b.view &&
  a.conditions === b.conditions &&
  a.constraints === b.constraints &&
  a.excluded === b.excluded &&
  a.candidates === b.candidates &&
  a.objective === b.objective &&
  a.revision === b.revision &&
  a.epoch === b.epoch &&
  a.schema === b.schema &&
  a.policy === b.policy;

/** A decision as the database gives it back; JSON columns are parsed already. */
export interface DecisionRow extends GroundColumns {
  readonly tenant: string;
  readonly router: string;
  readonly decision_id: string;
  readonly features: Buffer;
  readonly probabilities: readonly number[];
  readonly arm: string;
  readonly propensity: number;
}

export function decisionOf({ decision_id: id, features, probabilities, ...rest }: DecisionRow): LoggedDecision {
  return { ...rest, id, features: unpackFeatures(features), probabilities: Float64Array.from(probabilities) };
}

/** JSON would turn it into null without a word. @throws RangeError unless it is finite */
export function refuseUnfinished(value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`a decision holds finite numbers only, got ${value}`);
}
