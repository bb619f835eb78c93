/**
 * Traces, as far as the service knows of them: spans around what it does. Nothing here knows OpenTelemetry
 * (`tracing-otlp.ts` does, and is loaded only where traces are wanted), and without tracing nothing here runs at all.
 *
 * Names are those of OpenTelemetry's conventions where there are any: a decision is the evaluation of a feature flag, the
 * router is the flag and the chosen arm its variant, and the arm is the model that is requested next.
 */
import type { FeedbackItem, FeedbackResult, RouteAnswer, RouteRequest } from '../routing/request.js';
import type { Service } from './service.js';

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface OpenSpan {
  set(attributes: SpanAttributes): void;
  event(name: string, attributes: SpanAttributes): void;
}

/** Names a span that work done later is linked to; what it is, only the tracing knows. */
export type SpanLink = object;

/** The span of a request that came in. */
export interface RequestSpan extends OpenSpan {
  rename(name: string): void;
  /** Spans that are made within belong to the request. */
  run(work: () => void): void;
  /** @param error its kind, for a request that failed by a fault of the service */
  end(error?: string): void;
}

export interface Tracing {
  /** Runs within a span, which ends when the work does; one that throws is marked. */
  within<T>(name: string, attributes: SpanAttributes, work: (span: OpenSpan) => T): T;
  /**
   * The same for work that gathers what many requests asked for, and so belongs to none of them.
   * @param links to the spans of those requests
   */
  apart<T>(name: string, attributes: SpanAttributes, links: Iterable<SpanLink>, work: () => T): T;
  /** The span that runs now, if any. */
  here(): SpanLink | undefined;
  /** @param headers of the request: the caller's trace is continued (W3C Trace Context) */
  request(name: string, headers: Readonly<Record<string, unknown>>, attributes: SpanAttributes): RequestSpan;
  /** Sends what waits to be sent. */
  close(): Promise<void>;
}

/** The service with spans around its decisions and its feedback; closing it closes the tracing after it. */
export function traced(service: Service, tracing: Tracing): Service {
  const own: Partial<Service> = {
    route: (request) => tracing.within('tradewind.decide', asked(request), (span) => decide(service, request, span)),
    feedback: (items) =>
      tracing.within('tradewind.feedback', { 'tradewind.feedback.items': items.length }, (span) =>
        takeFeedback(service, items, span),
      ),
    async close() {
      try {
        await service.close();
      } finally {
        await tracing.close();
      }
    },
  };
  return new Proxy(service, {
    get(target, name) {
      const member = (own as Record<string | symbol, unknown>)[name] ?? Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

const asked = ({ router, dry_run = false }: RouteRequest): SpanAttributes => ({
  'tradewind.router': router,
  'tradewind.dry_run': dry_run,
});

function decide(service: Service, request: RouteRequest, span: OpenSpan): RouteAnswer | Promise<RouteAnswer> {
  const answer = service.route(request);
  if (!(answer instanceof Promise)) return told(request, answer, span);
  return answer.then((found) => told(request, found, span));
}

function told({ router }: RouteRequest, answer: RouteAnswer, span: OpenSpan): RouteAnswer {
  const { decision_id, arm, propensity, policy } = answer;
  span.set({
    'gen_ai.request.model': arm,
    'tradewind.decision_id': decision_id,
    'tradewind.propensity': propensity,
    'tradewind.policy': policy.name,
  });
  span.event('feature_flag.evaluation', {
    'feature_flag.key': router,
    'feature_flag.provider.name': 'tradewind',
    'feature_flag.result.variant': arm,
    'feature_flag.result.reason': 'split',
    'feature_flag.context.id': decision_id,
    'feature_flag.version': policy.version,
  });
  return answer;
}

async function takeFeedback(
  service: Service,
  items: readonly FeedbackItem[],
  span: OpenSpan,
): Promise<FeedbackResult[]> {
  const results = await service.feedback(items);
  const counts: Record<string, number> = {};
  for (const { status } of results) counts[status] = (counts[status] ?? 0) + 1;
  span.set(
    Object.fromEntries(Object.entries(counts).map(([status, count]) => [`tradewind.feedback.${status}`, count])),
  );
  return results;
}
