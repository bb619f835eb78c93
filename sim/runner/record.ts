import { applyObjective, bestUtility } from './utility.js';
import type { Decision } from '../../src/routing/decide.js';
import type { Router } from '../../src/routing/router.js';
import type { Step } from '../worlds/world.js';
import type { Playing } from './played.js';

/** Writes one decision and what truly came of it into the columns of its run. */
export function record(played: Playing, request: number, step: Step, decision: Decision, router: Router): void {
  const { arms, metrics } = played;
  const arm = arms.indexOf(decision.logged.arm);
  let phase = played.phases.indexOf(step.phase);
  if (phase < 0) phase = played.phases.push(step.phase) - 1;
  if (step.changed) played.changes.push({ request, label: step.changed.join('; ') });
  played.phase[request] = phase;
  played.choice[request] = arm;
  played.propensity[request] = decision.logged.propensity;
  for (const metric of metrics) {
    played.outcomes[metric]![request] = step.outcomes[metric]![arm]!;
    played.predicted[metric]![request] = decision.expected[router.metricNames.indexOf(metric)] ?? NaN;
  }
  const { objective } = router.spec;
  played.utility[request] = applyObjective(objective, step.outcomes, arm);
  played.regret[request] =
    bestUtility(objective, step, arms) - applyObjective(objective, step.expected ?? step.outcomes, arm);
}
