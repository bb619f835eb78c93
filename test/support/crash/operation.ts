/**
 * What a client reports, a step at a time for each (decision, metric): the next step is taken when the one before is
 * acknowledged, so that at every moment it is known what the service has promised to remember.
 */
import type { FeedbackItem } from '../../../src/routing/request.js';
import type { SeededRandom } from '../random.js';

export interface KnownDecision {
  readonly id: string;
  readonly token: string;
  readonly router: string;
  readonly arm: string;
  /** Which run of the service made it, counted from 0. */
  readonly life: number;
}

/** `report` tells a value, `repeat` the same value again, `correction` another one. */
export type Step = 'report' | 'repeat' | 'correction';

export interface Operation {
  readonly decision: KnownDecision;
  readonly metric: string;
  readonly step: Step;
  readonly value: number;
  /** What follows once this is acknowledged. */
  readonly next: Operation | undefined;
  /** Times it was sent, and times the service said that it took it in. */
  sent: number;
  applied: number;
}

export const failure = 'failed';

/** One metric of a decision: reported, and then perhaps repeated or corrected. */
export function planned(decision: KnownDecision, metric: string, random: SeededRandom): Operation {
  const first = valueOf(metric, random);
  const steps: [Step, number][] = [['report', first]];
  if (random.chance(0.15)) steps.push(['repeat', first]);
  if (metric !== failure && random.chance(0.12)) {
    const second = valueOf(metric, random);
    if (second !== first) steps.push(['correction', second]);
    if (random.chance(0.3)) steps.push(['repeat', steps[steps.length - 1][1]]);
  }
  return steps.reduceRight<Operation | undefined>(
    (next, [step, value]) => ({ decision, metric, step, value, next, sent: 0, applied: 0 }),
    undefined,
  )!;
}

/** @param by how the decision is named */
export function itemOf({ decision, metric, value, step }: Operation, by: 'token' | 'id'): FeedbackItem {
  return {
    ...(by === 'token' ? { feedback_token: decision.token } : { decision_id: decision.id, router: decision.router }),
    ...(metric === failure ? { failed: true } : { metrics: { [metric]: value } }),
    ...(step === 'correction' ? { correction: true } : {}),
    source: 'crash test',
  };
}

/** What is wrong with how often a step was taken in, once it is acknowledged. */
export function miscounted({ step, sent, applied }: Operation): string | undefined {
  if (step === 'repeat') return applied === 0 ? undefined : `a repetition was taken in ${applied} times`;
  if (applied > 1) return `a ${step} was taken in ${applied} times`;
  // Sent once and acknowledged: then it was this time that it was taken in.
  return applied === 0 && sent === 1 ? `a ${step} that was new was called a duplicate` : undefined;
}

function valueOf(metric: string, random: SeededRandom): number {
  if (metric === failure) return 1;
  if (metric === 'accuracy') return random.below(101) / 100;
  return random.number() * (metric === 'energy_j' ? 500 : 0.01);
}
