/** POST /v1/feedback: one outcome, or up to 10,000 at once. Answered after the commit. */
import type { FastifyInstance } from 'fastify';

import { Problem, problems, type FieldError, type ProblemCode } from '../routing/problem.js';
import { FeedbackResult, type FeedbackItem } from '../routing/request.js';
import type { Service } from '../runtime/service.js';
import { answers, FeedbackBody, FeedbackResults } from './schemas.js';
import { refusal } from './validation/compile.js';

type Body = FeedbackItem | { readonly items: readonly FeedbackItem[] };

export function registerFeedback(app: FastifyInstance, service: Service, bodyLimit: number): void {
  app.post<{ Body: Body }>(
    '/v1/feedback',
    {
      bodyLimit,
      config: { hot: true },
      schema: {
        summary: 'Report what came of one decision or of many',
        description:
          'A single item answers with its own status. A batch answers 200 with one result per item, in order; ' +
          'an item that does not fit the schema refuses the whole batch, and nothing of it is taken in.',
        tags: ['routing'],
        body: FeedbackBody,
        response: { ...answers({}), 200: { anyOf: [FeedbackResult, FeedbackResults] } },
      },
      serializerCompiler: () => JSON.stringify,
    },
    async (request) => {
      const { body } = request;
      return 'items' in body ? { results: await takeBatch(service, body.items) } : takeOne(service, body);
    },
  );
}

async function takeBatch(service: Service, items: readonly FeedbackItem[]): Promise<FeedbackResult[]> {
  refuseIncomplete(items.flatMap((item, index) => incompleteness(item, `/items/${index}`)));
  return service.feedback(items);
}

async function takeOne(service: Service, item: FeedbackItem): Promise<FeedbackResult> {
  refuseIncomplete(incompleteness(item, ''));
  const [result] = await service.feedback([item]);
  if (!result) throw new Error('the service gave no result for an item');
  if (result.status === 'applied' || result.status === 'duplicate') return result;
  throw new Problem(codeOf(result), result.detail ?? problems[codeOf(result)][1], result.errors);
}

function codeOf(result: FeedbackResult): ProblemCode {
  if (result.code !== undefined && Object.hasOwn(problems, result.code)) return result.code as ProblemCode;
  return result.status === 'late' ? 'expired-token' : 'invalid-request';
}

function refuseIncomplete(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw refusal('body', errors.slice(0, 10));
}

/** What no JSON schema says well: which decision is meant, and that something came of it. */
function incompleteness(item: FeedbackItem, pointer: string): FieldError[] {
  const errors: FieldError[] = [];
  const { feedback_token: token, decision_id: id } = item;
  if (token === undefined && id === undefined) {
    errors.push({
      pointer,
      detail: 'expected feedback_token or decision_id to say which decision is meant, got neither',
    });
  }
  if (token !== undefined && id !== undefined) {
    errors.push({ pointer, detail: 'expected either feedback_token or decision_id, got both; leave one out' });
  }
  const empty = item.metrics === undefined || Object.keys(item.metrics).length === 0;
  if (empty && item.failed === undefined) {
    errors.push({
      pointer: `${pointer}/metrics`,
      detail: 'expected at least one metric, or failed; got nothing to learn',
    });
  }
  return errors;
}
