/** What was decided and everything that is needed to decide it again, as it goes to the decision log. */
import type { Constraints } from './request.js';
import type { Objective } from './spec.js';

/** Why an arm was not a candidate, in words for the caller. */
export interface Exclusion {
  readonly arm: string;
  readonly reason: string;
}

/** State outside the statistics that a decision also depended on, written down so that it can be repeated. */
export interface DecisionConditions {
  /** Dual price of each budget in accuracy points per unit of its metric, in the order of the router's budgets. */
  readonly prices: readonly number[];
  /** What one request may spend of each budget at the present traffic, in units of its metric; 0 where not known yet. */
  readonly ceilings: readonly number[];
  /** Units of its metric left in each budget's token bucket. */
  readonly allowances: readonly number[];
  /** Arms that the circuit breaker held out. */
  readonly broken: readonly string[];
}

export interface LoggedDecision {
  readonly tenant: string;
  readonly router: string;
  /** UUIDv7; its time is the decision's time. */
  readonly id: string;
  /** Revision of the router's declaration, and what its statistics are counted by. */
  readonly revision: number;
  readonly schema: string;
  /** Version of each stripe of the statistics that the view was formed from. */
  readonly view: Readonly<Record<string, number>>;
  /** Epoch that outcomes of this decision belong to. */
  readonly epoch: number;
  /** Features on the grid, length d, entries in [-4096, 4096]. */
  readonly features: Int16Array;
  readonly objective: Objective;
  readonly constraints: Constraints;
  readonly conditions: DecisionConditions;
  readonly policy: string;
  /** Arms that could be chosen, and the probability of each; the sum is 1. */
  readonly candidates: readonly string[];
  readonly probabilities: Float64Array;
  readonly excluded: readonly Exclusion[];
  readonly arm: string;
  readonly propensity: number;
}
