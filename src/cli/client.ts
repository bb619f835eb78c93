/** A typed client of the HTTP API, for the commands that talk to a running service. */
import type { Explanation } from '../routing/explain.js';
import { problems, type FieldError } from '../routing/problem.js';
import type { ProfileRow } from '../routing/profile.js';
import type { FeedbackItem, FeedbackResult, RouteAnswer, RouteRequest } from '../routing/request.js';
import type { Arm, RouterSpec } from '../routing/spec.js';
import type { EvaluationQuestion, WindowEvaluation } from '../runtime/evaluate.js';
import type { ExportedState } from '../runtime/exported-state.js';
import type { RetractionBody, RetractionPreview, RetractionState } from '../runtime/retractions.js';
import type { RouterState } from '../runtime/service.js';
import type { ArmPatch, RouterPatch } from '../runtime/spec-changes.js';

/** The service answered with a problem. */
export class ServerProblem extends Error {
  override readonly name = 'ServerProblem';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    detail: string,
    readonly errors: readonly FieldError[] = [],
    readonly requestId?: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(detail);
  }
}

/** Nothing answered, or the connection broke. */
export class ServerAway extends Error {
  override readonly name = 'ServerAway';
  constructor(
    readonly url: string,
    reason: string,
  ) {
    super(
      `no answer from ${url} (${reason}): is tradewind serve running there? ` +
        'Start it with "tradewind serve", or say where it is with --url',
    );
  }
}

const timeoutMs = 60_000;

const segment = encodeURIComponent;

export class Client {
  readonly url: string;

  /** @param url of the service, as http://127.0.0.1:8080 */
  constructor(url: string) {
    this.url = url.replace(/\/+$/, '');
  }

  route(request: RouteRequest): Promise<RouteAnswer> {
    return this.call('POST', '/v1/route', request);
  }

  /** @param items at most 10,000 */
  async feedback(items: readonly FeedbackItem[]): Promise<FeedbackResult[]> {
    const { results } = await this.call<{ results: FeedbackResult[] }>('POST', '/v1/feedback', { items });
    return results;
  }

  async routers(): Promise<RouterState[]> {
    return (await this.call<{ routers: RouterState[] }>('GET', '/v1/routers')).routers;
  }

  router(id: string): Promise<RouterState> {
    return this.call('GET', `/v1/routers/${segment(id)}`);
  }

  /** @returns undefined when there is no such router */
  async routerIfAny(id: string): Promise<RouterState | undefined> {
    try {
      return await this.router(id);
    } catch (error) {
      if (error instanceof ServerProblem && error.code === 'unknown-router') return undefined;
      throw error;
    }
  }

  createRouter(spec: RouterSpec): Promise<RouterState> {
    return this.call('POST', '/v1/routers', spec);
  }

  /** @param revision when given, the change is refused if somebody else changed the router since */
  changeRouter(id: string, patch: RouterPatch, revision?: number): Promise<RouterState> {
    const headers: Record<string, string> = revision === undefined ? {} : { 'if-match': `"${revision}"` };
    return this.call('PATCH', `/v1/routers/${segment(id)}`, patch, headers);
  }

  addArm(id: string, arm: Arm): Promise<RouterState> {
    return this.call('POST', `/v1/routers/${segment(id)}/arms`, arm);
  }

  changeArm(id: string, arm: string, patch: ArmPatch): Promise<RouterState> {
    return this.call('PATCH', `/v1/routers/${segment(id)}/arms/${segment(arm)}`, patch);
  }

  removeArm(id: string, arm: string): Promise<RouterState> {
    return this.call('DELETE', `/v1/routers/${segment(id)}/arms/${segment(arm)}`);
  }

  async profiles(id: string): Promise<ProfileRow[]> {
    return (await this.call<{ rows: ProfileRow[] }>('GET', `/v1/routers/${segment(id)}/profiles`)).rows;
  }

  importProfiles(
    id: string,
    rows: readonly unknown[],
    mode: 'merge' | 'replace',
  ): Promise<{ rows: number; revision: number }> {
    return this.call('POST', `/v1/routers/${segment(id)}/profiles`, { rows, mode });
  }

  /** @param artifact base64 of a fitted encoder */
  putEncoder(id: string, feature: string, artifact: string): Promise<RouterState> {
    return this.call('PUT', `/v1/routers/${segment(id)}/encoders/${segment(feature)}`, { artifact });
  }

  exportState(id: string): Promise<ExportedState> {
    return this.call('GET', `/v1/routers/${segment(id)}/state`);
  }

  importState(id: string, state: unknown): Promise<RouterState> {
    return this.call('PUT', `/v1/routers/${segment(id)}/state`, state);
  }

  explain(id: string, decision: string): Promise<Explanation> {
    return this.call('GET', `/v1/routers/${segment(id)}/explain/${segment(decision)}`);
  }

  evaluate(id: string, question: EvaluationQuestion): Promise<WindowEvaluation> {
    return this.call('POST', `/v1/routers/${segment(id)}/evaluate`, question);
  }

  retract(id: string, question: RetractionBody): Promise<RetractionState | RetractionPreview> {
    return this.call('POST', `/v1/routers/${segment(id)}/retractions`, question);
  }

  async retractions(id: string): Promise<RetractionState[]> {
    return (await this.call<{ retractions: RetractionState[] }>('GET', `/v1/routers/${segment(id)}/retractions`))
      .retractions;
  }

  retraction(id: string, retraction: number): Promise<RetractionState> {
    return this.call('GET', `/v1/routers/${segment(id)}/retractions/${retraction}`);
  }

  /** @throws ServerProblem, ServerAway */
  private async call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const { response, text } = await this.exchange(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = parse(text);
    if (response.ok && answer !== undefined) return answer as T;
    throw problemOf(this.url, response, answer);
  }

  /**
   * A kept connection may have been closed by the service just as it is used again; what may be repeated is asked once more
   * on a new one.
   */
  private async exchange(path: string, init: RequestInit): Promise<Exchange> {
    try {
      return await exchangeOnce(this.url + path, init);
    } catch (error) {
      if (!brokenConnection.has(reasonOf(error)) || !isRepeatable(init.method!, path))
        throw new ServerAway(this.url, reasonOf(error));
    }
    return exchangeOnce(this.url + path, init).catch((error: unknown) => {
      throw new ServerAway(this.url, reasonOf(error));
    });
  }
}

interface Exchange {
  readonly response: Response;
  readonly text: string;
}

async function exchangeOnce(url: string, init: RequestInit): Promise<Exchange> {
  const response = await fetch(url, init);
  return { response, text: await response.text() };
}

const brokenConnection: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET', 'UND_ERR_SOCKET']);

/** Nothing happens twice that mustn't: a decision nobody heard of, an outcome met again, the same rows once more. */
const isRepeatable = (method: string, path: string) =>
  ['GET', 'PUT'].includes(method) || /^\/v1\/(route|feedback)$|\/profiles$/.test(path);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Fetch hides the reason one level down. */
function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  return cause?.code ?? cause?.message ?? (error as Error).message;
}

function problemOf(url: string, response: Response, answer: unknown): ServerProblem {
  const problem = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
  if (typeof problem['code'] !== 'string') {
    const detail = `the answer from ${url} is not one of tradewind; is another program listening there?`;
    return new ServerProblem(response.status, 'not-tradewind', 'Unexpected answer', detail);
  }
  const retryAfter = Number(response.headers.get('retry-after') ?? NaN);
  return new ServerProblem(
    response.status,
    problem['code'],
    String(problem['title'] ?? titleOf(problem['code'])),
    String(problem['detail'] ?? ''),
    (problem['errors'] as FieldError[] | undefined) ?? [],
    problem['request_id'] as string | undefined,
    Number.isFinite(retryAfter) ? retryAfter : undefined,
  );
}

const titleOf = (code: string) => (Object.hasOwn(problems, code) ? problems[code as keyof typeof problems][1] : code);
