/** What a JSON schema cannot say of a router: that names agree, ranges are ranges, and nothing is declared twice. */
import { detectionErrors } from './changes/detection.js';
import { metricsOf } from './settings.js';
import { objectiveErrors } from './objective.js';
import { Problem, type FieldError } from './problem.js';
import { didYouMean } from './nearest-name.js';
import { leastMagnitude, mostMagnitude } from './magnitude.js';
import type { Change, Feature, RouterSpec } from './spec.js';
import { durationMs, longestDuration } from './duration.js';

/** The name that a failure has in the feedback log; no metric may be called so. */
export const failedMetric = 'failed';

/** Every fault of a declaration that already fits its schema; empty when a router can be built from it. */
export function routerErrors(spec: RouterSpec): FieldError[] {
  return [
    ...repeated(
      spec.arms.map((arm) => arm.id),
      '/arms',
      'arm',
    ),
    ...repeated(
      spec.features.map((feature) => feature.name),
      '/features',
      'feature',
    ),
    ...spec.features.flatMap(featureErrors),
    ...metricErrors(spec),
    ...objectiveErrors(spec.objective, metricsOf(spec), '/objective'),
    ...budgetErrors(spec),
    ...armReferenceErrors(spec),
    ...listPriceErrors(spec),
    ...changeErrors(spec),
    ...detectionErrors(spec),
    ...durationErrors(spec),
  ];
}

/** @throws Problem 'invalid-router' with every fault */
export function assertRouter(spec: RouterSpec): void {
  const errors = routerErrors(spec);
  if (errors.length === 0) return;
  const summary = errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ');
  throw new Problem('invalid-router', summary, errors);
}

function repeated(names: readonly string[], pointer: string, noun: string): FieldError[] {
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  names.forEach((name, i) => {
    if (seen.has(name))
      errors.push({ pointer: `${pointer}/${i}`, detail: `expected each ${noun} once, got "${name}" again` });
    seen.add(name);
  });
  return errors;
}

function featureErrors(feature: Feature, i: number): FieldError[] {
  const pointer = `/features/${i}`;
  switch (feature.type) {
    case 'category':
      return repeated(feature.values, `${pointer}/values`, 'value');
    case 'number':
      return rangeErrors(feature.minimum, feature.maximum, pointer);
    case 'vector':
      return feature.project_to !== undefined && feature.project_to > feature.dimension
        ? [
            {
              pointer: `${pointer}/project_to`,
              detail: `expected at most the dimension ${feature.dimension}, got ${feature.project_to}`,
            },
          ]
        : [];
    case 'text':
      return [];
  }
}

function rangeErrors(minimum: number, maximum: number, pointer: string): FieldError[] {
  if (Number.isFinite(minimum) && Number.isFinite(maximum) && minimum < maximum) return [];
  return [
    { pointer: `${pointer}/maximum`, detail: `expected finite minimum < maximum, got ${minimum} and ${maximum}` },
  ];
}

/** Outcomes are kept in parts of the larger bound, so that one of them has to be of a size to divide by. */
function reachErrors(minimum: number, maximum: number, pointer: string): FieldError[] {
  const reach = Math.max(Math.abs(minimum), Math.abs(maximum));
  if (!(reach < leastMagnitude || reach > mostMagnitude)) return [];
  return [
    {
      pointer: `${pointer}/maximum`,
      detail: `expected the larger bound to be ${leastMagnitude} to ${mostMagnitude} in size, got ${minimum} and ${maximum}; choose another unit`,
    },
  ];
}

function metricErrors(spec: RouterSpec): FieldError[] {
  const metrics = spec.metrics ?? [];
  return [
    ...repeated(
      metrics.map((metric) => metric.name),
      '/metrics',
      'metric',
    ),
    ...metrics.flatMap((metric, i) => {
      const errors = [
        ...rangeErrors(metric.minimum, metric.maximum, `/metrics/${i}`),
        ...reachErrors(metric.minimum, metric.maximum, `/metrics/${i}`),
      ];
      if (metric.name === failedMetric) {
        errors.push({
          pointer: `/metrics/${i}/name`,
          detail: `expected another name: "${metric.name}" is kept for failures`,
        });
      }
      return errors;
    }),
  ];
}

function budgetErrors(spec: RouterSpec): FieldError[] {
  const metrics = metricsOf(spec);
  const keys = (spec.budgets ?? []).map(
    (budget) => `${budget.metric} ${'limit' in budget ? `per ${budget.per}` : 'per request'}`,
  );
  return [
    ...repeated(keys, '/budgets', 'budget'),
    ...(spec.budgets ?? []).flatMap((budget, i): FieldError[] => {
      const metric = metrics.find(({ name }) => name === budget.metric);
      const pointer = `/budgets/${i}/metric`;
      if (!metric) return [{ pointer, detail: unknownMetric(spec, budget.metric) }];
      if (metric.minimum < 0)
        return [{ pointer, detail: `expected a metric that cannot be negative, got "${budget.metric}"` }];
      return [];
    }),
  ];
}

/** Every refusal says how to mend it: by one of the names there are, or by declaring another. */
function unknownMetric(spec: RouterSpec, name: string): string {
  const names = metricsOf(spec).map((metric) => metric.name);
  return `expected a metric of the router (${names.join(', ')}), got "${name}"${didYouMean(name, names) || '; declare it in metrics'}`;
}

function armReferenceErrors(spec: RouterSpec): FieldError[] {
  const arms = new Set(spec.arms.map((arm) => arm.id));
  const references: [pointer: string, arm: string | undefined][] = [
    ['/baseline', spec.baseline],
    ['/policy/arm', spec.policy?.name === 'fixed' ? spec.policy.arm : undefined],
  ];
  return references.flatMap(([pointer, arm]) =>
    arm === undefined || arms.has(arm)
      ? []
      : [{ pointer, detail: `expected one of the arms (${[...arms].join(', ')}), got "${arm}"` }],
  );
}

/** Prices compare only when every arm has one. */
function listPriceErrors(spec: RouterSpec): FieldError[] {
  const names = metricsOf(spec).map(({ name }) => name);
  const priced = new Set(spec.arms.flatMap((arm) => Object.keys(arm.list_price ?? {})));
  return [...priced].flatMap((metric): FieldError[] => {
    const at = (i: number) => `/arms/${i}/list_price`;
    if (!names.includes(metric)) {
      const first = spec.arms.findIndex((arm) => arm.list_price?.[metric] !== undefined);
      return [{ pointer: at(first), detail: `expected metrics of the router (${names.join(', ')}), got "${metric}"` }];
    }
    return spec.arms.flatMap((arm, i) =>
      arm.list_price?.[metric] === undefined
        ? [
            {
              pointer: at(i),
              detail: `expected a list price of ${metric} for every arm or for none; ${arm.id} has none`,
            },
          ]
        : [],
    );
  });
}

function changeErrors(spec: RouterSpec): FieldError[] {
  const names = metricsOf(spec).map(({ name }) => name);
  let before = -Infinity;
  const errors = (spec.changes ?? []).flatMap(({ at, metric }, i): FieldError[] => {
    const errors: FieldError[] = [];
    const time = Date.parse(at);
    if (Number.isNaN(time)) {
      errors.push({ pointer: `/changes/${i}/at`, detail: `expected a time such as 2026-11-23T21:42:00Z, got "${at}"` });
    } else if (time < before) {
      errors.push({ pointer: `/changes/${i}/at`, detail: 'expected changes in order of time: append new ones' });
    } else before = time;
    if (!names.includes(metric)) {
      errors.push({ pointer: `/changes/${i}/metric`, detail: unknownMetric(spec, metric) });
    }
    return errors;
  });
  return [...errors, ...scaleErrors(spec.changes ?? [])];
}

/** The oldest values are multiplied by every scale since, one after another, and each product must be a number. */
function scaleErrors(changes: readonly Change[]): FieldError[] {
  const products = new Map<string, number>();
  for (let i = changes.length - 1; i >= 0; i--) {
    const { arm, metric, scale = 1 } = changes[i];
    const key = JSON.stringify([arm, metric]);
    const product = (products.get(key) ?? 1) * scale;
    products.set(key, product);
    if (product >= leastMagnitude && product <= mostMagnitude) continue;
    const detail = `expected this scale and the later ones of ${arm} and ${metric} to multiply to ${leastMagnitude} to ${mostMagnitude}, got ${product}; leave out the older ones`;
    return [{ pointer: `/changes/${i}/scale`, detail }];
  }
  return [];
}

function durationErrors(spec: RouterSpec): FieldError[] {
  const durations: [pointer: string, text: string | undefined][] = [
    ['/half_life', spec.half_life],
    ['/feedback_window', spec.feedback_window],
    ['/breaker/cooldown', spec.breaker?.cooldown],
    ...(spec.budgets ?? []).map((budget, i): [string, string | undefined] => [
      `/budgets/${i}/per`,
      'limit' in budget ? budget.per : undefined,
    ]),
  ];
  return durations.flatMap(([pointer, text]) => {
    const detail = text === undefined ? undefined : durationAtFault(text);
    return detail === undefined ? [] : [{ pointer, detail }];
  });
}

function durationAtFault(text: string): string | undefined {
  try {
    return durationMs(text) > durationMs(longestDuration)
      ? `expected a duration of at most ${longestDuration}, got "${text}"`
      : undefined;
  } catch (error) {
    return (error as RangeError).message;
  }
}
