/**
 * From what a caller reports to rows that can be learned from: checked against the router, bound to the arm that served
 * and to the epoch of the decision. The statistics are the exact fold of these rows.
 */
import { quantiseTarget, targetScale } from '../../policies/linear/target.js';
import { metricsOf } from './settings.js';
import { Problem, type FieldError } from './problem.js';
import type { FeedbackItem } from './request.js';
import type { OutcomeRow } from './outcome.js';
import type { RouterSpec } from './spec.js';
import type { StatisticsTable } from './statistics-table.js';
import type { TokenPayload } from './token.js';
import { failedMetric } from './validate-spec.js';

/** What feedback needs to know of its decision, from the token or from the log. */
export type FeedbackTarget = Omit<TokenPayload, 'revision'>;

/**
 * The rows of one feedback item: one per metric, and one for a failure.
 * @param spec the router as declared now
 * @throws Problem 'invalid-metric' | 'unknown-arm' | 'invalid-request' when an item cannot be believed
 */
export function outcomeRows(spec: RouterSpec, target: FeedbackTarget, item: FeedbackItem): OutcomeRow[] {
  const values: [metric: string, value: number][] = Object.entries(item.metrics ?? {});
  const errors = values.flatMap(([metric, value]) => metricErrors(spec, metric, value));
  if (errors.length > 0) {
    throw new Problem(
      'invalid-metric',
      errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '),
      errors,
    );
  }
  if (item.failed === true) values.push([failedMetric, 1]);
  if (values.length === 0) {
    throw new Problem('invalid-request', 'expected metrics such as {"accuracy": 1}, or "failed": true; got neither');
  }
  const arm = servedArm(spec, target, item);
  const { tenant, router, decisionId, propensity, schema, epoch, features } = target;
  return values.map(([metric, value]) => ({
    tenant,
    router,
    decisionId,
    metric,
    value: value + 0,
    // It was the chosen arm that failed, whoever served in its place.
    arm: metric === failedMetric ? target.arm : arm,
    chosen: target.arm,
    propensity,
    schema,
    epoch,
    features,
    source: item.source ?? '',
    correction: item.correction ?? false,
  }));
}

/**
 * Where an outcome lies on the grid of its metric; null for a row that is kept but teaches nothing: a failure, which the
 * circuit breaker counts, or a metric that the router does not know.
 */
export function targetOf(spec: Pick<RouterSpec, 'metrics'>, row: Pick<OutcomeRow, 'metric' | 'value'>): number | null {
  const metric = metricsOf(spec).find(({ name }) => name === row.metric);
  return metric ? quantiseTarget(row.value, targetScale(metric)) : null;
}

/** Adds a row to the statistics, or takes out one that was added. */
export function fold(table: StatisticsTable, spec: RouterSpec, row: OutcomeRow, sign: 1 | -1): void {
  const target = targetOf(spec, row);
  if (target !== null) table.apply(row, row.features, target, sign);
}

function servedArm(spec: RouterSpec, target: FeedbackTarget, item: FeedbackItem): string {
  const arm = item.served_arm ?? target.arm;
  if (arm === target.arm || spec.arms.some(({ id }) => id === arm)) return arm;
  const detail = `expected the arm that served, one of ${spec.arms.map(({ id }) => id).join(', ')}; got "${arm}"`;
  throw new Problem('unknown-arm', detail, [{ pointer: '/served_arm', detail }]);
}

function metricErrors(spec: RouterSpec, name: string, value: number): FieldError[] {
  const pointer = `/metrics/${name}`;
  const metrics = metricsOf(spec);
  const metric = metrics.find((known) => known.name === name);
  if (!metric) {
    return [
      {
        pointer,
        detail: `expected a metric of the router (${metrics.map((known) => known.name).join(', ')}), got "${name}"`,
      },
    ];
  }
  const { minimum, maximum, unit } = metric;
  if (Number.isFinite(value) && value >= minimum && value <= maximum) return [];
  const hint = name === 'accuracy' && value > 1 && value <= 100 ? '; divide percent by 100' : '';
  return [
    {
      pointer,
      detail: `expected ${name} from ${minimum} to ${maximum}${unit === '1' ? '' : ` ${unit}`}, got ${value}${hint}`,
    },
  ];
}
