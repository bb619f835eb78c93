import { builtInMetrics, type Metric } from '../../src/routing/metric.js';
import type { Budget, Objective, PolicySpec, RouterSpec } from '../../src/routing/spec.js';
import { featuresOfLog } from './log/features-of-log.js';
import type { LogSurvey } from './log/survey.js';

export interface LogRouterWish {
  readonly objective: Objective;
  readonly policy: PolicySpec;
  readonly budgets?: readonly Budget[];
  /** As the service's by default. */
  readonly floor?: number;
}

/** The router that a policy is played as over a log that no router of ours made. */
export function routerOfLog(survey: LogSurvey, { objective, policy, budgets = [], floor }: LogRouterWish): RouterSpec {
  return {
    id: 'evaluated',
    arms: survey.arms.map((id) => ({ id })),
    features: featuresOfLog(survey),
    metrics: [...survey.metrics].flatMap(([name, range]) => metricOf(name, range)),
    objective,
    policy,
    ...(floor === undefined ? {} : { floor }),
    ...(budgets.length > 0 ? { budgets: [...budgets] } : {}),
  };
}

/** A metric with the range that the log shows, unless it is one that every router knows and keeps to that range. */
function metricOf(name: string, [minimum, maximum]: readonly [number, number]): Metric[] {
  const known = builtInMetrics.find((metric) => metric.name === name);
  if (known && minimum >= known.minimum && maximum <= known.maximum) return [];
  return [{ name, unit: '1', minimum, maximum: maximum > minimum ? maximum : minimum + 1 }];
}
