import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { RouteAnswer } from '../../../src/routing/request.js';
import { otlpTracing } from '../../../src/runtime/tracing-otlp.js';
import { traced } from '../../../src/runtime/tracing.js';
import { startClient, type Client } from '../../support/http.js';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../../support/otlp-receiver.js';
import { smallRouter, startRealService } from '../../support/real-service.js';
import { importsOf, sources } from '../../support/statements/call-sites.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const callerSpan = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${callerSpan}-01`;
const [serverKind, errorStatus] = [2, 2];

describe('traces', () => {
  let receiver: OtlpReceiver;
  let client: Client;
  let answer: RouteAnswer;
  let warnings = 0;
  beforeAll(async () => {
    receiver = await startOtlpReceiver();
    const logger = { warn: () => void warnings++ };
    const tracing = otlpTracing({ endpoint: `${receiver.endpoint}/`, instance: 'one', logger });
    const { service } = await startRealService({ tracing });
    client = await startClient({ service: traced(service, tracing), tracing });
    await client.service.createRouter(smallRouter('r'));
    answer = (await client.ask('POST', '/v1/route', { router: 'r', context: {} }, { traceparent })).json();
    const item = { feedback_token: answer.feedback_token, metrics: { accuracy: 1, energy_j: 3 } };
    await client.ask('POST', '/v1/feedback', { items: [item, item] });
    await client.ask('POST', '/v1/route', { router: 'nobody', context: {} });
    await client.ask('GET', '/nowhere?secret=1');
    // Whatever waits is sent at the end.
    await client.close();
  });
  afterAll(() => receiver.close());

  const named = (name: string): readonly ReceivedSpan[] => receiver.spans.filter((span) => span.name === name);

  it('continue that of the caller through the request to the decision', () => {
    const [first] = named('POST /v1/route');
    expect(first).toMatchObject({ traceId, parentSpanId: callerSpan, kind: serverKind });
    expect(first.attributes).toEqual({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'http.route': '/v1/route',
      'url.path': '/v1/route',
      'url.scheme': 'http',
    });
    const [decided] = named('tradewind.decide');
    expect(decided).toMatchObject({ traceId, parentSpanId: first.spanId });
    expect(decided.attributes).toMatchObject({
      'gen_ai.request.model': answer.arm,
      'tradewind.router': 'r',
      'tradewind.decision_id': answer.decision_id,
      'tradewind.propensity': answer.propensity,
    });
    expect(first.resource).toMatchObject({ 'service.name': 'tradewind', 'service.instance.id': 'one' });
    expect(warnings).toBe(0);
  });

  it('tell of a decision as of the evaluation of a feature flag', () => {
    expect(named('tradewind.decide')[0].events).toEqual([
      {
        name: 'feature_flag.evaluation',
        attributes: {
          'feature_flag.key': 'r',
          'feature_flag.provider.name': 'tradewind',
          'feature_flag.result.variant': answer.arm,
          'feature_flag.result.reason': 'split',
          'feature_flag.context.id': answer.decision_id,
          'feature_flag.version': answer.policy.version,
        },
      },
    ]);
  });

  it('show a batch of feedback with its results, and the commits of both logs apart from any request', () => {
    const [request] = named('POST /v1/feedback');
    expect(request.traceId).not.toBe(traceId);
    const [taken] = named('tradewind.feedback');
    expect(taken).toMatchObject({ parentSpanId: request.spanId });
    expect(taken.attributes).toMatchObject({
      'tradewind.feedback.items': 2,
      'tradewind.feedback.applied': 1,
      'tradewind.feedback.duplicate': 1,
    });
    const commits = named('tradewind.commit');
    expect(commits.map(({ attributes }) => attributes['tradewind.commit.kind']).sort()).toEqual(
      expect.arrayContaining(['decisions', 'feedback']),
    );
    for (const { parentSpanId } of commits) expect(parentSpanId ?? '').toBe('');
    const linked = (kind: string) =>
      commits.filter(({ attributes }) => attributes['tradewind.commit.kind'] === kind).flatMap(({ links }) => links);
    expect(linked('feedback')).toEqual([expect.objectContaining({ traceId: taken.traceId, spanId: taken.spanId })]);
    const [decided] = named('tradewind.decide');
    expect(linked('decisions')).toEqual([expect.objectContaining({ traceId, spanId: decided.spanId })]);
  });

  it('mark what failed with its code, and as an error only what is a fault of the service', () => {
    const refused = named('tradewind.decide').find(({ attributes }) => attributes['tradewind.router'] === 'nobody')!;
    expect(refused.attributes['error.type']).toBe('unknown-router');
    expect(refused.status?.code).not.toBe(errorStatus);
    const unknown = receiver.spans.find(({ attributes }) => attributes['url.path'] === '/nowhere')!;
    expect(unknown.name).toBe('GET');
    expect(unknown.attributes).toMatchObject({ 'http.response.status_code': 404 });
    expect(JSON.stringify(receiver.spans)).not.toContain('secret');
  });
});

it('OpenTelemetry is imported in one file, which nothing imports before tracing is asked for', () => {
  const importing = (wanted: RegExp) =>
    [...sources('src/')].flatMap(([path, source]) =>
      importsOf(source).some((name) => wanted.test(name)) ? [path] : [],
    );
  expect(importing(/^@opentelemetry/)).toEqual(['src/runtime/tracing-otlp.ts']);
  expect(importing(/tracing-otlp/)).toEqual([]);
});
