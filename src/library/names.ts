/**
 * Types that know the names of one declaration: where a router is declared as a literal, its arms and metrics are checked
 * by the compiler. A declaration typed as `RouterSpec` gives plain strings.
 */
import type { Context } from '../routing/features/encoder.js';
import type { FeedbackItem, RankedArm, RouteAnswer, RouteRequest } from '../routing/request.js';
import type { Objective, RouterSpec } from '../routing/spec.js';

export type ArmName<S extends RouterSpec> = S['arms'][number]['id'];

type BuiltInMetric = 'accuracy' | 'energy_j' | 'latency_ms' | 'cost_usd';
type DeclaredMetric<S extends RouterSpec> = S extends { metrics: readonly { name: infer N extends string }[] }
  ? N
  : never;

/** The four metrics that every router has, and those it declares. */
export type MetricName<S extends RouterSpec> = string extends ArmName<S> ? string : BuiltInMetric | DeclaredMetric<S>;

type Values<S extends RouterSpec> = { readonly [M in MetricName<S>]?: number };

/** What is asked of a router; its name goes without saying. */
export type Question<S extends RouterSpec> = Omit<
  RouteRequest,
  'router' | 'context' | 'candidates' | 'baseline' | 'objective'
> & {
  readonly context: Context;
  readonly candidates?: ArmName<S>[];
  readonly baseline?: ArmName<S>;
  readonly objective?: Values<S> & Objective;
};

export type Ranked<S extends RouterSpec> = Omit<RankedArm, 'arm' | 'expected'> & {
  readonly arm: ArmName<S>;
  readonly expected: Values<S>;
};

export type Answer<S extends RouterSpec> = Omit<RouteAnswer, 'arm' | 'ranking'> & {
  /** The arm that should do the work. */
  readonly arm: ArmName<S>;
  /** The chosen arm, then those to fall back on, then those that could not be chosen. */
  readonly ranking: readonly Ranked<S>[];
};

type HasEmbeddings<F> = F extends unknown ? ('embeddings' extends keyof F ? true : false) : never;

/** Only an embeddings endpoint makes a decision wait; without one the answer is there at once. */
export type Answered<S extends RouterSpec> =
  true extends HasEmbeddings<S['features'][number]> ? Answer<S> | Promise<Answer<S>> : Answer<S>;

/** What came of a decision. The token may be passed on as the answer has it, where a dry run left it out. */
export type Report<S extends RouterSpec> = Omit<
  FeedbackItem,
  'router' | 'metrics' | 'served_arm' | 'feedback_token'
> & {
  readonly feedback_token?: string | undefined;
  readonly metrics?: Values<S>;
  readonly served_arm?: ArmName<S>;
};
