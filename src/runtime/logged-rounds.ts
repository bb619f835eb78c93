/** The decision log of a router as rounds that can be evaluated: decisions joined with what came of them. */
import type { Round } from '../../sim/off-policy/round.js';
import { isTooDear } from '../routing/afford.js';
import type { LoggedDecision } from '../routing/decision.js';
import type { OutcomeRow } from '../routing/outcome.js';
import { uuidBytes, uuidTimeMs } from '../routing/uuid.js';

export interface LoggedPage {
  readonly decisions: readonly LoggedDecision[];
  readonly outcomes: readonly OutcomeRow[];
}

/** The arms of the router, then those that it had when a decision was made. */
export function armsOf(arms: readonly string[], decisions: readonly LoggedDecision[]): string[] {
  const all = new Set(arms);
  for (const { candidates, excluded, arm } of decisions) {
    for (const name of candidates) all.add(name);
    for (const exclusion of excluded) all.add(exclusion.arm);
    all.add(arm);
  }
  return [...all];
}

/** @param line of the first round */
export function roundsOf(arms: readonly string[], { decisions, outcomes }: LoggedPage, line: number): Round[] {
  const place = new Map(arms.map((arm, i) => [arm, i]));
  const byDecision = outcomesByDecision(outcomes);
  return decisions.map((decision, i) => roundOf(decision, place, byDecision.get(decision.id) ?? {}, line + i));
}

/** What came of the arms that were chosen, by decision and metric. */
export function outcomesByDecision(outcomes: readonly OutcomeRow[]): Map<string, Record<string, number>> {
  const byDecision = new Map<string, Record<string, number>>();
  for (const { decisionId, metric, value, arm, chosen } of outcomes) {
    // After a fallback another arm served: the outcome says nothing of what was chosen.
    if (arm !== chosen) continue;
    let known = byDecision.get(decisionId);
    if (!known) byDecision.set(decisionId, (known = {}));
    known[metric] = value;
  }
  return byDecision;
}

/** Arms that another policy could have chosen. Budgets are its own, so what the logged ones held back it may choose. */
export function eligibleArms({ candidates, excluded }: LoggedDecision): string[] {
  return [...candidates, ...excluded.filter(({ reason }) => isTooDear(reason)).map(({ arm }) => arm)];
}

function roundOf(
  decision: LoggedDecision,
  place: ReadonlyMap<string, number>,
  outcomes: Readonly<Record<string, number>>,
  line: number,
): Round {
  const probabilities = new Float64Array(place.size);
  decision.candidates.forEach((arm, i) => (probabilities[place.get(arm)!] = decision.probabilities[i]));
  return {
    line,
    time: uuidTimeMs(uuidBytes(decision.id)),
    arm: place.get(decision.arm)!,
    propensity: decision.propensity,
    probabilities,
    eligible: eligibleArms(decision).map((arm) => place.get(arm)!),
    context: {},
    features: decision.features,
    outcomes,
  };
}
