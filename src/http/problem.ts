/**
 * The one place that turns errors into application/problem+json (RFC 9457). A Problem says itself what it is; Fastify's
 * own errors are translated; anything else is a fault of this program: logged whole, told to nobody.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';

import { Problem, problems, type ProblemCode } from '../routing/problem.js';

export const ProblemBody = Type.Object(
  {
    type: Type.String({ description: 'address of the explanation of the code' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'what was expected, what came, how to mend it' }),
    code: Type.String({ description: 'for programs' }),
    request_id: Type.String(),
    errors: Type.Optional(
      Type.Array(Type.Object({ pointer: Type.String({ description: 'JSON pointer' }), detail: Type.String() })),
    ),
  },
  { description: 'application/problem+json' },
);
export type ProblemBody = Static<typeof ProblemBody>;

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Where each code is explained, relative to the service. */
export const problemAddress = (code: ProblemCode): string => `/docs/problems#${code}`;

export function problemBody(problem: Problem, requestId: string, status = problem.status): ProblemBody {
  return {
    type: problemAddress(problem.code),
    title: problem.title,
    status,
    detail: problem.message,
    code: problem.code,
    request_id: requestId,
    ...(problem.errors.length > 0 ? { errors: [...problem.errors] } : {}),
  };
}

export function registerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: unknown, request, reply) =>
    sendProblem(asProblem(error, request), request, reply, error),
  );
}

export function sendProblem(
  problem: Problem,
  request: FastifyRequest,
  reply: FastifyReply,
  cause: unknown = problem,
): void {
  if (problem.code === 'internal') request.log.error({ err: cause }, 'a request failed by a fault of this program');
  const status = statusFor(problem, request);
  const seconds = problem.retryAfterSeconds ?? (status === 503 ? 1 : undefined);
  if (seconds !== undefined) void reply.header('retry-after', String(Math.max(1, Math.ceil(seconds))));
  // A serialiser chosen by status would look for one among the route's answers, so the body goes out as text.
  void reply
    .code(status)
    .header('content-type', PROBLEM_TYPE)
    .header('x-request-id', request.id)
    .header('x-content-type-options', 'nosniff')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problemBody(problem, request.id, status));
}

/** A change that was refused because of its If-Match is 412 (RFC 9110); a race without one stays 409. */
function statusFor(problem: Problem, request: FastifyRequest): number {
  return problem.code === 'revision-conflict' && request.headers['if-match'] !== undefined ? 412 : problem.status;
}

export function asProblem(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  const { code, statusCode } = (error ?? {}) as Partial<FastifyError>;
  const translated = typeof code === 'string' ? frameworkProblem(code, request) : undefined;
  if (translated) return translated;
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new Problem('invalid-request', `The request could not be read: ${(error as Error).message}`);
  }
  return new Problem('internal', `The fault is logged under request id ${request.id}; nothing of it is your doing`);
}

function frameworkProblem(code: string, request: FastifyRequest): Problem | undefined {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem('payload-too-large', tooLarge(request));
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem('unsupported-media-type', unsupported(request));
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new Problem('malformed-json', 'The body is not as long as its Content-Length says; was it cut off?');
    case 'FST_ERR_BAD_URL':
      return new Problem('invalid-request', 'The address holds a % that begins no escape; write it as %25');
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new Problem('address-too-long', 'No router, arm or decision has a name as long as the one in the address');
    default:
      return undefined;
  }
}

function tooLarge(request: FastifyRequest): string {
  const limit = request.routeOptions.bodyLimit;
  return `Expected a body of at most ${limit} bytes, got ${request.headers['content-length'] ?? 'more'}; send less, or in parts`;
}

function unsupported(request: FastifyRequest): string {
  const came = request.headers['content-type'];
  return `Expected the header content-type: application/json, got ${came ? JSON.stringify(came.slice(0, 100)) : 'none'}`;
}

/** Every code with its status and title, for the page that explains them. */
export const problemTable = Object.entries(problems).map(([code, [status, title]]) => ({
  code: code as ProblemCode,
  status,
  title,
}));
