/**
 * What an anytime-valid interval asks of a live log, at which one looks again and again. It holds over all looks that
 * count from one beginning, each with the rounds of the one before and those that came since; so a window that moves
 * with the clock, or that a limit cuts off at its older end, has none. And it needs bounds of what is valued, declared
 * before the outcomes are seen.
 */
import type { EvaluationOptions } from '../../sim/off-policy/evaluate.js';
import { invalidAt, Problem } from '../routing/problem.js';
import type { Router } from '../routing/router.js';

type Range = NonNullable<EvaluationOptions['range']>;

/** @throws Problem 'invalid-request' for a question that has no beginning, or a range that is none or for nothing */
export function checkAnytime({
  interval,
  from,
  range,
}: {
  readonly interval?: string;
  readonly from?: string;
  readonly range?: Range;
}): void {
  if (interval !== 'anytime') {
    if (range !== undefined) throw invalidAt('/range', 'expected a range only for the interval "anytime"');
    return;
  }
  if (from === undefined)
    throw invalidAt(
      '/from',
      'expected from, for an anytime-valid interval holds over all looks that have one beginning',
    );
  if (range !== undefined && !(range.minimum < range.maximum))
    throw invalidAt('/range', `expected minimum < maximum, got ${range.minimum} and ${range.maximum}`);
}

/** What the objective can come to, by the declared bounds of the metrics: Σ weight · [minimum, maximum]. */
export function declaredRange({ metrics, weights }: Pick<Router, 'metrics' | 'weights'>): Range {
  let [minimum, maximum] = [0, 0];
  metrics.forEach((metric, m) => {
    const ends = [weights[m] * metric.minimum, weights[m] * metric.maximum];
    minimum += Math.min(...ends);
    maximum += Math.max(...ends);
  });
  return { minimum, maximum };
}

/** @throws Problem 'not-evaluable' */
export const cutOff = (from: string, limit: number): Problem =>
  new Problem(
    'not-evaluable',
    `expected at most ${limit} decisions since ${from}, as an anytime-valid interval counts from one beginning and more ` +
      'would be cut off; give a larger limit, or begin anew with a later from',
  );
