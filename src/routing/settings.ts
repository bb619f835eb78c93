/** A declaration with every default filled in: what the rest of the domain reads. */
import { recordedChanges, type RecordedChange } from './changes/recorded.js';
import { defaultBreaker, defaultFeedbackWindow, defaultFloor, defaultPolicy, defaultPrior } from './defaults.js';
import { durationMs } from './duration.js';
import { builtInMetrics, type Metric } from './metric.js';
import type { PolicySpec, RouterSpec } from './spec.js';

export interface Settings {
  /** Metrics in a fixed order: the four that every router knows, then the declared ones. */
  readonly metrics: readonly Metric[];
  readonly policy: PolicySpec;
  readonly floor: number;
  /** Outcomes that the pull of an arm's level towards the common one is worth, and that of what a feature adds towards 0. */
  readonly biasPrecision: number;
  /**
   * The former for metrics that scatter in proportion to their size (no declared noise), as cost does: arms differ by
   * orders of magnitude, and a pull worth one outcome would have a dear arm, tried once, believed to cost half.
   */
  readonly proportionalBiasPrecision: number;
  readonly precision: number;
  /** Weight of a profile's pseudo-observations: min(samples, cap) · trust outcomes. */
  readonly trust: number;
  readonly cap: number;
  /** Outcomes that each row borrowed from the profiles of others counts as, for an arm that has no profile. */
  readonly borrow: number;
  readonly halfLifeMs: number | undefined;
  readonly feedbackWindowMs: number;
  /** In order of time. */
  readonly changes: readonly RecordedChange[];
  readonly breaker: { readonly failures: number; readonly cooldownMs: number };
}

export { defaultFeedbackWindow };

/** @param spec passed `routerErrors` without one */
export function settingsOf(spec: RouterSpec): Settings {
  const halfLifeMs = spec.half_life === undefined ? undefined : durationMs(spec.half_life);
  return {
    metrics: metricsOf(spec),
    policy: spec.policy ?? defaultPolicy,
    floor: spec.floor ?? defaultFloor,
    biasPrecision: 1,
    proportionalBiasPrecision: 0.1,
    precision: spec.prior?.precision ?? defaultPrior.precision,
    trust: spec.prior?.trust ?? defaultPrior.trust,
    cap: spec.prior?.cap ?? defaultPrior.cap,
    borrow: spec.prior?.borrow ?? defaultPrior.borrow,
    halfLifeMs,
    changes: recordedChanges(spec.changes ?? [], halfLifeMs),
    feedbackWindowMs: durationMs(spec.feedback_window ?? defaultFeedbackWindow),
    breaker: {
      failures: spec.breaker?.failures ?? defaultBreaker.failures,
      cooldownMs: durationMs(spec.breaker?.cooldown ?? defaultBreaker.cooldown),
    },
  };
}

/** By the declaration they were made from: every outcome asks for them. */
const known = new WeakMap<object, readonly Metric[]>();

/** Built-in metrics, replaced by a declared one of the same name, followed by the other declared ones. */
export function metricsOf({ metrics: declared }: Pick<RouterSpec, 'metrics'>): readonly Metric[] {
  if (declared === undefined) return builtInMetrics;
  let metrics = known.get(declared);
  if (!metrics) known.set(declared, (metrics = withDeclared(declared)));
  return metrics;
}

function withDeclared(metrics: readonly Metric[]): readonly Metric[] {
  const declared = new Map(metrics.map((metric) => [metric.name, metric]));
  const builtIn = builtInMetrics.map((metric) => declared.get(metric.name) ?? metric);
  const others = [...declared.values()].filter((metric) => !builtInMetrics.some(({ name }) => name === metric.name));
  return [...builtIn, ...others];
}
