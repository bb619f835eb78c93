/**
 * Spans by OpenTelemetry, sent in batches over OTLP/HTTP as JSON. Name, sampler, batches and headers follow the environment
 * variables that OpenTelemetry has for them (OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER, OTEL_BSP_…, OTEL_EXPORTER_OTLP_HEADERS).
 */
import {
  context,
  diag,
  DiagLogLevel,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

import { Problem } from '../routing/problem.js';
import type { OpenSpan, RequestSpan, SpanAttributes, SpanLink, Tracing } from './tracing.js';

export interface OtlpTracingOptions {
  /** Of the collector, such as http://127.0.0.1:4318. */
  readonly endpoint: string;
  /** Tells this process from others of the service. */
  readonly instance: string;
  readonly logger: { warn(details: object, message: string): void };
}

/** One for a process: it takes over how contexts are kept and passed on. */
export function otlpTracing({ endpoint, instance, logger }: OtlpTracingOptions): Tracing {
  const warn = (message: string, ...details: unknown[]) =>
    logger.warn({ details: details.map(String).join(' ').slice(0, 500) }, `tracing: ${message.slice(0, 500)}`);
  const nothing = () => undefined;
  diag.setLogger(
    { error: warn, warn, info: nothing, debug: nothing, verbose: nothing },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'tradewind', 'service.instance.id': instance }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  return new OtlpTracing(provider.getTracer('tradewind'), async () => {
    await provider.shutdown().catch((error: unknown) => warn('the last spans could not be sent', error));
    trace.disable();
    context.disable();
    propagation.disable();
    diag.disable();
  });
}

class OtlpTracing implements Tracing {
  constructor(
    private readonly tracer: Tracer,
    readonly close: () => Promise<void>,
  ) {}

  within<T>(name: string, attributes: SpanAttributes, work: (span: OpenSpan) => T): T {
    return this.around(name, { attributes }, work);
  }

  /** Of more links than OTEL_SPAN_LINK_COUNT_LIMIT (128 by default) the last are kept. */
  apart<T>(name: string, attributes: SpanAttributes, links: Iterable<SpanLink>, work: () => T): T {
    const linked = Array.from(links, (link) => ({ context: link as SpanContext }));
    return this.around(name, { attributes, links: linked, root: true }, work);
  }

  here(): SpanLink | undefined {
    return trace.getActiveSpan()?.spanContext();
  }

  request(name: string, headers: Readonly<Record<string, unknown>>, attributes: SpanAttributes): RequestSpan {
    const caller = propagation.extract(ROOT_CONTEXT, headers);
    const span = this.tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, caller);
    const inside = trace.setSpan(caller, span);
    return {
      ...openSpan(span),
      rename: (better) => void span.updateName(better),
      run: (work) => context.with(inside, work),
      end(error) {
        if (error !== undefined) {
          span.setAttribute('error.type', error);
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end();
      },
    };
  }

  private around<T>(name: string, options: SpanOptions, work: (span: OpenSpan) => T): T {
    return this.tracer.startActiveSpan(name, options, (span) => {
      const failed = (error: unknown): never => {
        fail(span, error);
        span.end();
        throw error;
      };
      try {
        const result = work(openSpan(span));
        if (result instanceof Promise) {
          return result.then((value: unknown) => {
            span.end();
            return value;
          }, failed) as T;
        }
        span.end();
        return result;
      } catch (error) {
        return failed(error);
      }
    });
  }
}

const openSpan = (span: Span): OpenSpan => ({
  set: (attributes) => void span.setAttributes(attributes),
  event: (name, attributes) => void span.addEvent(name, attributes),
});

/** What a caller did wrong is no error of this service. */
function fail(span: Span, error: unknown): void {
  const code = error instanceof Problem ? error.code : error instanceof Error ? error.name : 'unknown';
  span.setAttribute('error.type', code);
  if (error instanceof Problem && error.status < 500) return;
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
}
