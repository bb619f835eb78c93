/** What a drive found, as JSON for scripts; `--json FILE` writes it. */
import type { Objective } from '../../routing/spec.js';
import { tableMetrics, type TableMetric, type TableModel } from '../../../sim/table/table.js';
import { Failure } from '../failures.js';
import type { FeedbackCounts } from './feedback-sender.js';
import type { Hindsight } from './hindsight.js';
import type { Scoreboard } from './scoreboard.js';

export type Means = Partial<Record<TableMetric, number>>;

export interface DriveResult {
  readonly router: string;
  readonly table: string;
  readonly objective: Objective;
  readonly requests: number;
  /** Mean utility of the arms that the router chose. */
  readonly mean_utility: number;
  /** Mean utility of always choosing one arm, by arm. */
  readonly fixed: Readonly<Record<string, number>>;
  /** Mean utility of choosing blindly. */
  readonly uniform: number;
  /** Mean utility of the best arm for each task, known only in hindsight; the best fixed arm where no task is named. */
  readonly best_per_task: number;
  /** Mean utility of the best arm for each single request: more than any router can know. */
  readonly best_per_prompt: number;
  /** Cumulative regret against `best_per_task`, at some requests; it flattens as the router learns, and may fall. */
  readonly regret: readonly (readonly [request: number, cumulative: number])[];
  /** The same against the best fixed arm; below 0 the router is ahead. */
  readonly regret_fixed: readonly (readonly [request: number, cumulative: number])[];
  readonly best_fixed: string;
  /** Means of the metrics, of the routed requests and of each arm. */
  readonly metrics: { readonly routed: Means; readonly fixed: Readonly<Record<string, Means>> };
  /** Share of the requests that each arm got. */
  readonly shares: Readonly<Record<string, number>>;
  readonly feedback: FeedbackCounts & { readonly lost: number };
}

export interface ResultParts {
  readonly router: string;
  readonly table: string;
  readonly objective: Objective;
  readonly models: readonly TableModel[];
  readonly best: Hindsight;
  readonly scoreboard: Scoreboard;
  readonly feedback: FeedbackCounts & { readonly lost: number };
}

/** @throws Failure when nothing was played */
export function resultOf(parts: ResultParts): DriveResult {
  const { scoreboard, models, best } = parts;
  if (scoreboard.requests === 0) throw new Failure('no request was played, so that there is nothing to compare');
  const byArm = <T>(value: (model: number) => T) => Object.fromEntries(models.map(({ name }, i) => [name, value(i)]));
  const curve = scoreboard.regretCurve();
  return {
    router: parts.router,
    table: parts.table,
    objective: parts.objective,
    requests: scoreboard.requests,
    mean_utility: scoreboard.mean,
    fixed: byArm((model) => scoreboard.fixedMean(model)),
    uniform: scoreboard.uniformMean,
    best_per_task: scoreboard.perTaskMean,
    best_per_prompt: scoreboard.perPromptMean,
    regret: curve.map(([request, perTask]) => [request, perTask]),
    regret_fixed: curve.map(([request, , fixed]) => [request, fixed]),
    best_fixed: models[best.fixed]!.name,
    metrics: {
      routed: means((metric) => scoreboard.routed.mean(metric, 0)),
      fixed: byArm((model) => means((metric) => scoreboard.everyModel.mean(metric, model))),
    },
    shares: byArm((model) => scoreboard.chosen[model]! / scoreboard.requests),
    feedback: parts.feedback,
  };
}

const means = (mean: (metric: TableMetric) => number | undefined): Means =>
  Object.fromEntries(
    tableMetrics.map((metric) => [metric, mean(metric)] as const).filter(([, value]) => value !== undefined),
  ) as Means;
