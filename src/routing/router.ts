/**
 * A declaration made ready to decide: encoder, policy, priors and metrics in fixed orders. Built once per revision.
 */
import {
  borrowPrior,
  formPrior,
  profileWeight,
  type Prior,
  type PseudoObservation,
} from '../../policies/linear/prior.js';
import { targetScale } from '../../policies/linear/target.js';
import type { Policy } from '../../policies/policy.js';
import { createPolicy } from '../../policies/registry.js';
import { createContextEncoder } from './features/context-encoder.js';
import type { ContextEncoder } from './features/encoder.js';
import { taskFeatures } from './features/task-features.js';
import type { TextEncoderArtifact } from './features/text-encoder-artifact.js';
import { alwaysEligible, type CandidateAnswer } from './candidates.js';
import { drawKey, type DrawKey } from './draw.js';
import type { Metric } from './metric.js';
import { weightsOf } from './objective.js';
import { Problem } from './problem.js';
import type { ProfileRow } from './profile.js';
import { settingsOf, type Settings } from './settings.js';
import type { RouterSpec } from './spec.js';
import { taskProfiles, type TaskProfiles } from './task-profiles.js';
import { statisticsSchema } from './statistics-schema.js';
import { assertRouter } from './validate-spec.js';

export interface RouterParts {
  readonly tenant: string;
  readonly spec: RouterSpec;
  readonly revision: number;
  readonly profiles: readonly ProfileRow[];
  /** Fitted text encoders by hash. */
  readonly encoders: ReadonlyMap<string, TextEncoderArtifact>;
  /** At least 16 bytes that only the service knows: what draws are keyed by. */
  readonly secret: Uint8Array;
}

export interface Router extends RouterParts {
  readonly settings: Settings;
  readonly encoder: ContextEncoder;
  /** Which statistics are this router's own. */
  readonly schema: string;
  readonly policy: Policy;
  readonly arms: readonly string[];
  readonly metrics: readonly Metric[];
  readonly metricNames: readonly string[];
  /** Objective weights in the order of the metrics. */
  readonly weights: Float64Array;
  /** Prior of (metric, arm) at metric · arms + arm. */
  readonly priors: readonly Prior[];
  /** Whether an own profile speaks of (metric, arm), rather than one that is borrowed; at metric · arms + arm. */
  readonly measured: readonly boolean[];
  /** Whether any profile speaks of a metric; without one the level is learned from the evidence of all arms. */
  readonly profiled: readonly boolean[];
  /** Scale of each metric's target grid. */
  readonly scales: Float64Array;
  readonly taskProfiles: TaskProfiles;
  readonly drawKey: DrawKey;
  /** Everybody, when no arm is paused or bound to tasks. */
  readonly alwaysEligible: CandidateAnswer | undefined;
}

/** @throws Problem 'invalid-router' with every fault of the declaration */
export function buildRouter(parts: RouterParts): Router {
  assertRouter(parts.spec);
  return orInvalidRouter(() => assembled(parts));
}

/** What the kernels of `policies` refuse is, here, a fault of the declaration. @throws Problem 'invalid-router' */
export function orInvalidRouter<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Problem(
      'invalid-router',
      `expected a declaration whose numbers can be reckoned with, but ${error.message}; bring the changes, prior, list prices, metrics and policy to usual sizes`,
    );
  }
}

function assembled(parts: RouterParts): Router {
  const { spec, profiles } = parts;
  const settings = settingsOf(spec);
  const { metrics } = settings;
  const arms = spec.arms.map((arm) => arm.id);
  const encoder = createContextEncoder(spec.features, parts.encoders);
  assertSize(encoder.dimension, arms.length * metrics.length);
  const own = metrics.map((metric) => arms.map((arm) => ownPrior(encoder, profiles, arm, metric, settings)));
  return {
    ...parts,
    settings,
    encoder,
    schema: statisticsSchema(encoder.schema, spec.half_life),
    policy: createPolicy(settings.policy as Parameters<typeof createPolicy>[0]),
    arms,
    metrics,
    metricNames: metrics.map(({ name }) => name),
    weights: weightsOf(spec.objective, metrics),
    priors: own.flatMap((priors) => priors.map((prior) => withBorrowed(prior, priors, encoder.dimension, settings))),
    measured: own.flatMap((priors) => priors.map((prior) => prior.weight > 0)),
    profiled: own.map((priors) => priors.some((prior) => prior.weight > 0)),
    scales: Float64Array.from(metrics, targetScale),
    taskProfiles: taskProfiles(encoder, profiles, arms),
    drawKey: drawKey(parts.secret),
    alwaysEligible: alwaysEligible(spec.arms),
  };
}

/** x may have this many entries: forming one belief takes a time that grows with their cube. */
const mostFeatures = 1024;
/** All beliefs of a router together may take this many bytes. */
const mostBytes = 2 ** 30;

function assertSize(dimension: number, beliefs: number): void {
  const bytes = 4 * dimension * (dimension + 1) * beliefs;
  if (dimension <= mostFeatures && bytes <= mostBytes) return;
  const detail =
    dimension > mostFeatures
      ? `expected features of at most ${mostFeatures} slots together, got ${dimension}; project vectors (project_to) or shorten texts`
      : `expected beliefs of at most 1 GiB, got ${Math.ceil(bytes / 2 ** 30)} GiB for ${beliefs} arms × metrics at ${dimension} features; use fewer of them`;
  throw new Problem('invalid-router', detail, [{ pointer: '/features', detail }]);
}

/** What an arm's own profile says of a metric. */
function ownPrior(
  encoder: ContextEncoder,
  profiles: readonly ProfileRow[],
  arm: string,
  metric: Metric,
  { trust, cap }: Settings,
): Prior {
  const rows = profiles.filter((row) => row.arm === arm && row.metrics[metric.name] !== undefined);
  const observations = rows.map((row): PseudoObservation => ({
    features: taskFeatures(encoder, row.task),
    value: row.metrics[metric.name],
    weight: profileWeight(row.samples, { cap, trust }),
    samples: row.samples,
  }));
  return formPrior(encoder.dimension, observations);
}

/** An arm that no profile speaks of borrows from those that one does. */
function withBorrowed(prior: Prior, all: readonly Prior[], dimension: number, { borrow }: Settings): Prior {
  return prior.weight > 0 ? prior : borrowPrior(dimension, all, borrow);
}
