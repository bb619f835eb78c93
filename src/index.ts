/** What a program that uses Tradewind imports. `createRouter` is the way in; `README.md` beside this file shows it. */
export { createRouter, type CreateRouterOptions } from './library/create-router.js';
export type { EmbeddedRouter } from './library/embedded-router.js';
export type { Answer, ArmName, MetricName, Question, Ranked, Report } from './library/names.js';
export type { OpenServiceOptions, StoreChoice } from './library/open-service.js';

export type { Explanation, ArmTerms, MetricTerm } from './routing/explain.js';
export type { Context } from './routing/features/encoder.js';
export { fitTextEncoder, type FitOptions } from './routing/features/fit-text-encoder.js';
export { TextEncoderArtifact } from './routing/features/text-encoder-artifact.js';
export type { Metric } from './routing/metric.js';
export { Problem, type FieldError, type ProblemCode } from './routing/problem.js';
export type { ProfileRow } from './routing/profile.js';
export { exampleProfiles, exampleRouter } from './routing/profiles/example-router.js';
export { shippedProfiles, shippedTokenEnergies, type TokenEnergy } from './routing/profiles/shipped.js';
export type {
  Constraints,
  FeedbackItem,
  FeedbackResult,
  RankedArm,
  RouteAnswer,
  RouteRequest,
} from './routing/request.js';
export type { Arm, Budget, Feature, Objective, PolicySpec, RouterSpec } from './routing/spec.js';
export type { ExportedState } from './runtime/exported-state.js';
export type { RouterState, Service } from './runtime/service.js';

import type { OpenServiceOptions } from './library/open-service.js';
import type { Service } from './runtime/service.js';

/** Any number of routers over one store, without HTTP. Loads what speaks to databases when it is called. */
export async function openService(options: OpenServiceOptions): Promise<Service> {
  return (await import('./library/open-service.js')).openService(options);
}
