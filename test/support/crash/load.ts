/**
 * Clients that ask for routes and report what came of them: energy and cost at once, accuracy later and out of order, one
 * at a time and in batches, some twice, some corrected, some twice in the same batch. Whatever was not acknowledged is
 * sent again, to whichever run of the service is there by then. What was acknowledged is remembered.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import type { FeedbackResult, RouteAnswer } from '../../../src/routing/request.js';
import type { SeededRandom } from '../random.js';
import { failure, itemOf, miscounted, planned, type KnownDecision, type Operation } from './operation.js';

export interface LoadOptions {
  readonly random: SeededRandom;
  readonly routers: readonly string[];
  readonly tasks: readonly string[];
  readonly clients?: number;
}

export interface Acknowledged {
  readonly decision: KnownDecision;
  readonly metric: string;
  value: number;
}

const largestBatch = 60;
const retryMs = 20;

export class Load {
  readonly decisions: KnownDecision[] = [];
  /** The value that each (decision, metric) must have, by "id metric". */
  readonly acknowledged = new Map<string, Acknowledged>();
  corrections = 0;
  /** Requests that were not answered, or answered 503. */
  unanswered = 0;
  /** What the service did that it must not do. */
  readonly violations: string[] = [];
  private readonly pending: Operation[] = [];
  private url = '';
  private life = -1;
  private running: Promise<unknown> = Promise.resolve();
  private stopping = true;

  constructor(private readonly options: LoadOptions) {}

  /** Sends requests to a run of the service until {@link stop}. */
  start(url: string): void {
    this.url = url;
    this.life++;
    this.stopping = false;
    const clients = Array.from({ length: this.options.clients ?? 6 }, () => this.client());
    this.running = Promise.all(clients);
  }

  /** To be called before the service is killed; resolves when every client has noticed. */
  stop(): { readonly ended: Promise<unknown> } {
    this.stopping = true;
    return { ended: this.running };
  }

  /** Reports everything that is still to be reported. */
  async settle(): Promise<void> {
    while (this.pending.length > 0) await this.report(this.some(largestBatch));
  }

  private async client(): Promise<void> {
    const { random } = this.options;
    while (!this.stopping) {
      for (let i = random.below(5); i >= 0; i--) await this.decide();
      await this.report(this.some(random.chance(0.3) ? 1 : 1 + random.below(largestBatch)));
    }
  }

  private async decide(): Promise<void> {
    const { random, routers, tasks } = this.options;
    const router = random.pick(routers);
    const answer = await this.post<RouteAnswer>('/v1/route', { router, context: { task: random.pick(tasks) } });
    if (!answer) return;
    const { decision_id: id, feedback_token: token = '', arm } = answer;
    const decision: KnownDecision = { id, token, router, arm, life: this.life };
    this.decisions.push(decision);
    if (random.chance(0.02)) {
      this.pending.push(planned(decision, failure, random));
      return;
    }
    const telemetry = ['energy_j', 'cost_usd'].map((metric) => planned(decision, metric, random));
    // Accuracy comes later, and now and then never.
    if (random.chance(0.9)) this.pending.push(planned(decision, 'accuracy', random));
    await this.report(telemetry);
  }

  private some(count: number): Operation[] {
    const taken: Operation[] = [];
    while (taken.length < count && this.pending.length > 0) taken.push(this.options.random.take(this.pending)!);
    return taken;
  }

  private async report(operations: readonly Operation[]): Promise<void> {
    if (operations.length === 0) return;
    const { random } = this.options;
    const twins = operations.filter(() => random.chance(0.04));
    const sent = [...operations, ...twins];
    const byId = sent.map(() => random.chance(0.1));
    for (const operation of operations) operation.sent++;
    const items = sent.map((operation, i) => itemOf(operation, byId[i] ? 'id' : 'token'));
    const results = await this.send(items);
    if (!results) {
      this.pending.push(...operations);
      return;
    }
    results.forEach((result, i) => this.note(sent[i], result, byId[i]));
    const lost = new Set(sent.filter((_, i) => isForgotten(results[i], byId[i])));
    for (const operation of operations) {
      if (lost.has(operation)) this.pending.push(operation);
      else this.acknowledge(operation);
    }
  }

  /** One item goes alone as often as in a batch of one: they are two ways through the service. */
  private async send(items: readonly unknown[]): Promise<readonly FeedbackResult[] | undefined> {
    const alone = items.length === 1 && this.options.random.chance(0.5);
    if (!alone) return (await this.post<{ results: FeedbackResult[] }>('/v1/feedback', { items }))?.results;
    const result = await this.post<FeedbackResult>('/v1/feedback', items[0]);
    return result && [result];
  }

  private note(operation: Operation, result: FeedbackResult, byId: boolean): void {
    if (result.status === 'applied') operation.applied++;
    if (result.status === 'applied' || result.status === 'duplicate') return;
    // The decision log is written behind: of an earlier life, the last decisions may be missing there.
    if (isForgotten(result, byId) && operation.decision.life < this.life) return;
    this.violations.push(`${JSON.stringify(result)} for ${operation.step} of ${operation.metric}`);
  }

  private acknowledge(operation: Operation): void {
    const { decision, metric, value, step, next } = operation;
    const wrong = miscounted(operation);
    if (wrong) this.violations.push(`${wrong} (${decision.id} ${metric})`);
    this.acknowledged.set(`${decision.id} ${metric}`, { decision, metric, value });
    if (step === 'correction') this.corrections++;
    if (next) this.pending.push(next);
  }

  /** @returns undefined when there was no answer, or 503 */
  private async post<T>(path: string, body: unknown): Promise<T | undefined> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).catch(() => undefined);
    const answer = (await response?.json().catch(() => undefined)) as (T & { code?: string }) | undefined;
    if (response?.status === 200 && answer) return answer;
    this.unanswered++;
    if (response?.status === 503 && !response.headers.has('retry-after'))
      this.violations.push(`503 without Retry-After from ${path}`);
    if (response && answer && response.status !== 503) return this.refused(path, answer);
    await sleep(retryMs);
    return undefined;
  }

  /** A single item answers with a problem where one in a batch answers with a status. */
  private refused<T>(path: string, problem: { code?: string }): T | undefined {
    if (path === '/v1/feedback' && problem.code === 'unknown-decision')
      return { status: 'rejected', code: problem.code } as T;
    this.violations.push(`${path} answered ${JSON.stringify(problem).slice(0, 300)}`);
    return undefined;
  }
}

const isForgotten = ({ status, code }: FeedbackResult, byId: boolean): boolean =>
  byId && status === 'rejected' && code === 'unknown-decision';
