/**
 * Composes the HTTP application around a running service. It opens no port and handles no signal (`server.ts` does),
 * so that tests inject requests into it.
 */
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';

import type { Service } from '../runtime/service.js';
import type { Tracing } from '../runtime/tracing.js';
import { observeResponses } from './after-response.js';
import { registerArms } from './arms.js';
import { registerJsonBody } from './body/json-body.js';
import { registerDashboard } from './dashboard.js';
import { registerDocs, registerOpenapi } from './docs.js';
import { registerEncoders } from './encoders.js';
import { registerEvaluate } from './evaluate.js';
import { registerExplain } from './explain.js';
import { registerFeedback } from './feedback.js';
import { registerHealth } from './health.js';
import { defaultLimits, type Limits } from './limits.js';
import { registerMetrics, RequestSeconds } from './metrics.js';
import { registerNotFound } from './not-found.js';
import { asProblem, registerProblems, sendProblem } from './problem.js';
import { registerProfiles } from './profiles.js';
import { refuseUnreadable } from './refuse-unreadable.js';
import { requestId } from './request-id.js';
import { requestLog } from './request-log.js';
import { registerRetractions } from './retractions.js';
import { registerRoute } from './route.js';
import { registerRouters } from './routers.js';
import { registerSecurityHeaders } from './security-headers.js';
import { registerState } from './state.js';
import { registerTracing } from './tracing.js';
import { compileValidator } from './validation/compile.js';

export interface AppOptions {
  readonly service: Service;
  /** Without one, nothing is logged. */
  readonly logger?: FastifyBaseLogger;
  readonly limits?: Partial<Limits>;
  /** Without it, no request is traced, and none pays for it. */
  readonly tracing?: Tracing;
}

export function buildApp({ service, logger, limits: chosen = {}, tracing }: AppOptions): FastifyInstance {
  const limits = { ...defaultLimits, ...chosen };
  const app = Fastify({
    ...(logger ? { loggerInstance: logger } : {}),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: requestId,
    bodyLimit: limits.other,
    // What comes over a kept-alive connection while closing is still answered: nothing is refused that was accepted.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 600 },
    frameworkErrors: (error, request, reply) => sendProblem(asProblem(error, request), request, reply, error),
    clientErrorHandler: refuseUnreadable,
  });

  app.setValidatorCompiler(compileValidator);
  registerJsonBody(app);
  registerProblems(app);
  registerNotFound(app);
  registerSecurityHeaders(app);
  const requests = new RequestSeconds();
  if (tracing) registerTracing(app, tracing);
  observeResponses(app, [requestLog(app), requests.observer]);
  registerOpenapi(app);
  void app.register(async (scope) => {
    registerMetrics(scope, service, requests);
    registerRoute(scope, service, limits, tracing === undefined);
    registerFeedback(scope, service, limits.feedback);
    registerHealth(scope, service);
    registerDocs(scope);
    registerDashboard(scope);
  });
  void app.register(async (scope) => {
    // Answers asked for by people are written whole, whatever their schema says, so that a new member is never lost.
    scope.setSerializerCompiler(() => (value) => JSON.stringify(value));
    registerRouters(scope, service);
    registerArms(scope, service);
    registerProfiles(scope, service, limits.profiles);
    registerEncoders(scope, service, limits.encoder);
    registerState(scope, service, limits.state);
    registerExplain(scope, service);
    registerEvaluate(scope, service);
    registerRetractions(scope, service);
  });
  return app;
}
