/**
 * Clients of the whole fleet. They ask any replica for routes and report what came of them: energy and cost at once,
 * accuracy later, to any replica, out of order, one at a time and in batches, some twice, some corrected. Whatever was not
 * acknowledged is sent again, to whichever replica is there by then. What was acknowledged is remembered.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import type { FeedbackResult, RouteAnswer } from '../../src/routing/request.js';
import {
  failure,
  itemOf,
  miscounted,
  planned,
  type KnownDecision,
  type Operation,
} from '../support/crash/operation.js';
import type { SeededRandom } from '../support/random.js';
import { ask, feedbackTimeoutMs, routeTimeoutMs, type Answer, type NoAnswer } from './ask.js';
import type { Replica } from './replica.js';

export interface LoadOptions {
  readonly random: SeededRandom;
  readonly routers: readonly string[];
  readonly tasks: readonly string[];
  /** Replicas that may be asked at present. */
  readonly serving: () => readonly Replica[];
  /** Whether the database is away at present. */
  readonly isAway: () => boolean;
  readonly journal: (line: string) => void;
  readonly clients?: number;
}

export interface ToldDecision extends KnownDecision {
  readonly propensity: number;
}

export interface Acknowledged {
  readonly decision: ToldDecision;
  readonly metric: string;
  readonly value: number;
  /** Whether it replaced another value; once at most. */
  readonly corrected: boolean;
}

type Sent = Operation & { readonly decision: ToldDecision };

const largestBatch = 60;
const pauseMs = { none: 20, retry: 150, cycle: 60 };
const mostTold = 50;

export class Load {
  /** Every decision that a client was told of, by id. */
  readonly decisions = new Map<string, ToldDecision>();
  /** The value that each (decision, metric) must have, by "id metric". */
  readonly acknowledged = new Map<string, Acknowledged>();
  /** Decisions that were answered while the database was away. */
  decidedWhileAway = 0;
  corrections = 0;
  /** Outcomes that the service said it took in more than once. */
  doubled = 0;
  /**
   * Outcomes that were sent once and acknowledged as a duplicate. What was sent again, because an answer was cut or 503,
   * may rightly be one.
   */
  calledDuplicate = 0;
  /** Requests without an answer in time, from a replica that had no excuse. */
  hung = 0;
  /** Answers 503 to feedback, and requests that ended with their replica or its stillness. */
  postponed = 0;
  excused = 0;
  /** Requests that their replica had no processor for. */
  starved = 0;
  slowestRouteMs = 0;
  slowestFeedbackMs = 0;
  /** What the service did that it must not do. */
  readonly violations: string[] = [];
  private readonly pending: Sent[] = [];
  private acknowledgements = 0;
  /** Operations that nothing follows, for repeating. */
  private readonly finished: Sent[] = [];
  private running: Promise<unknown> = Promise.resolve();
  private stopping = false;
  private heldUntil = 0;

  constructor(private readonly options: LoadOptions) {}

  start(): void {
    this.stopping = false;
    this.running = Promise.all(Array.from({ length: this.options.clients ?? 32 }, () => this.client()));
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.heldUntil = 0;
    await this.running;
  }

  /**
   * Reports everything that is still to be reported; after a long time without a database that may be thousands.
   * @throws Error when nothing was acknowledged for so long
   */
  async settle(patienceMs: number): Promise<void> {
    for (let [end, before] = [0, -1]; this.pending.length > 0;) {
      if (this.acknowledgements > before) [end, before] = [performance.now() + patienceMs, this.acknowledgements];
      if (performance.now() > end)
        throw new Error(`nothing was acknowledged for ${patienceMs} ms; ${this.pending.length} outcomes still wait`);
      await this.report(this.some(largestBatch));
    }
  }

  /** For so long, outcomes are kept back; decisions go on. */
  holdBack(ms: number): void {
    this.heldUntil = performance.now() + ms;
  }

  /** Sends new outcomes to several replicas at the same moment. @returns whether there were any to send */
  async race(): Promise<boolean> {
    const replicas = this.options.serving();
    const operations = this.some(10);
    if (operations.length === 0 || replicas.length < 2) {
      this.pending.push(...operations);
      return false;
    }
    const items = operations.map((operation) => itemOf(operation, 'token'));
    for (const operation of operations) operation.sent += replicas.length;
    const answers = await Promise.all(replicas.map((replica) => this.send(items, replica)));
    for (const results of answers) results?.forEach((result, i) => this.note(operations[i], result, false));
    const settled = answers.some((results) => results !== undefined);
    if (settled) operations.forEach((operation) => this.acknowledge(operation));
    else this.pending.push(...operations);
    return settled;
  }

  /** Sends outcomes that were acknowledged before again, to several replicas. @returns whether there were any */
  async repeat(): Promise<boolean> {
    const { random, serving } = this.options;
    const operations = Array.from({ length: Math.min(40, this.finished.length) }, () => random.pick(this.finished));
    const replicas = serving();
    if (operations.length === 0 || replicas.length === 0) return false;
    const items = operations.map((operation) => itemOf(operation, 'token'));
    const answers = await Promise.all(replicas.map((replica) => this.send(items, replica)));
    for (const results of answers) {
      results?.forEach((result, i) => {
        if (result.status === 'duplicate') return;
        if (result.status === 'applied') this.doubled++;
        const { decision, metric } = operations[i];
        this.violate(`the repetition of ${metric} of ${decision.id} was answered ${JSON.stringify(result)}`);
      });
    }
    return answers.some((results) => results !== undefined);
  }

  violate(words: string): void {
    this.options.journal(`violation: ${words}`);
    if (this.violations.length < mostTold) this.violations.push(words);
  }

  private async client(): Promise<void> {
    const { random } = this.options;
    while (!this.stopping) {
      for (let i = random.below(4); i >= 0; i--) await this.decide();
      if (performance.now() >= this.heldUntil) await this.report(this.some(random.chance(0.3) ? 1 : largestBatch));
      await sleep(random.below(pauseMs.cycle));
    }
  }

  private async pickReplica(): Promise<Replica> {
    for (;;) {
      const serving = this.options.serving();
      if (serving.length > 0) return this.options.random.pick(serving);
      await sleep(pauseMs.none);
    }
  }

  private async decide(): Promise<void> {
    const { random, routers, tasks } = this.options;
    const replica = await this.pickReplica();
    const request = { router: random.pick(routers), context: { task: random.pick(tasks) } };
    const answer = await ask(replica, '/v1/route', request, routeTimeoutMs);
    if (typeof answer === 'string') return this.unanswered(answer, replica, '/v1/route');
    this.slowestRouteMs = Math.max(this.slowestRouteMs, answer.tookMs);
    if (answer.status !== 200) {
      // A replica that is stopping in order refuses; nothing else is a reason not to route.
      if (!replica.isEnding) this.violate(`/v1/route answered ${answer.status} ${told(answer)}`);
      return sleep(pauseMs.retry);
    }
    const { decision_id: id, feedback_token: token = '', arm, propensity } = answer.body as RouteAnswer;
    const decision: ToldDecision = { id, token, router: request.router, arm, propensity, life: replica.life };
    this.decisions.set(id, decision);
    if (this.options.isAway()) this.decidedWhileAway++;
    await this.plan(decision);
  }

  private async plan(decision: ToldDecision): Promise<void> {
    const { random } = this.options;
    const operation = (metric: string) => planned(decision, metric, random) as Sent;
    if (random.chance(0.02)) {
      this.pending.push(operation(failure));
      return;
    }
    // Accuracy comes later, and now and then never.
    if (random.chance(0.9)) this.pending.push(operation('accuracy'));
    const telemetry = ['energy_j', 'cost_usd'].map(operation);
    if (performance.now() < this.heldUntil) this.pending.push(...telemetry);
    else await this.report(telemetry);
  }

  private some(count: number): Sent[] {
    const taken: Sent[] = [];
    while (taken.length < count && this.pending.length > 0) taken.push(this.options.random.take(this.pending)!);
    return taken;
  }

  private async report(operations: readonly Sent[]): Promise<void> {
    if (operations.length === 0) return;
    const { random } = this.options;
    const sent = [...operations, ...operations.filter(() => random.chance(0.04))];
    const byId = sent.map(() => random.chance(0.1));
    for (const operation of operations) operation.sent++;
    const items = sent.map((operation, i) => itemOf(operation, byId[i] ? 'id' : 'token'));
    const results = await this.send(items, await this.pickReplica());
    if (!results) {
      this.pending.push(...operations);
      return sleep(pauseMs.retry);
    }
    results.forEach((result, i) => this.note(sent[i], result, byId[i]));
    // The decision log is written behind: what is reported by id may not be there yet, and goes again by its token.
    const unknown = new Set(sent.filter((_, i) => isUnknown(results[i], byId[i])));
    for (const operation of operations) {
      if (unknown.has(operation)) this.pending.push(operation);
      else this.acknowledge(operation);
    }
  }

  /** One item goes alone as often as in a batch of one: they are two ways through the service. */
  private async send(items: readonly unknown[], replica: Replica): Promise<readonly FeedbackResult[] | undefined> {
    const alone = items.length === 1 && this.options.random.chance(0.5);
    const answer = await ask(replica, '/v1/feedback', alone ? items[0] : { items }, feedbackTimeoutMs);
    if (typeof answer === 'string') {
      this.unanswered(answer, replica, '/v1/feedback');
      return undefined;
    }
    this.slowestFeedbackMs = Math.max(this.slowestFeedbackMs, answer.tookMs);
    if (answer.status === 200)
      return alone ? [answer.body as FeedbackResult] : (answer.body as { results: FeedbackResult[] }).results;
    return this.refusal(answer, replica);
  }

  private refusal(answer: Answer, replica: Replica): readonly FeedbackResult[] | undefined {
    const { code } = answer.body as { code?: string };
    if (answer.status === 503) {
      this.postponed++;
      if (answer.retryAfter === null && !replica.isEnding)
        this.violate(`503 without Retry-After to feedback: ${told(answer)}`);
      return undefined;
    }
    // A single item answers with a problem where one in a batch answers with a status.
    if (code === 'unknown-decision') return [{ status: 'rejected', code }];
    this.violate(`/v1/feedback answered ${answer.status} ${told(answer)}`);
    return undefined;
  }

  private unanswered(why: NoAnswer, replica: Replica, path: string): void {
    if (why === 'excused') {
      this.excused++;
      return;
    }
    if (why === 'starved') {
      this.starved++;
      return;
    }
    if (why === 'hung') this.hung++;
    this.violate(`${path} of life ${replica.life} ${why === 'hung' ? 'gave no answer in time' : 'was not answered'}`);
  }

  private note(operation: Sent, result: FeedbackResult, byId: boolean): void {
    if (result.status === 'applied') operation.applied++;
    if (result.status === 'applied' || result.status === 'duplicate' || isUnknown(result, byId)) return;
    this.violate(`${JSON.stringify(result)} for ${operation.step} of ${operation.metric}`);
  }

  private acknowledge(operation: Sent): void {
    this.acknowledgements++;
    const { decision, metric, value, step, next, applied } = operation;
    const wrong = miscounted(operation);
    if (applied > (step === 'repeat' ? 0 : 1)) {
      this.doubled++;
      this.violate(`${wrong} (${decision.id} ${metric})`);
    } else if (wrong) {
      this.calledDuplicate++;
      this.options.journal(`${wrong} (${decision.id} ${metric})`);
    }
    const name = `${decision.id} ${metric}`;
    const corrected = step === 'correction' || (this.acknowledged.get(name)?.corrected ?? false);
    this.acknowledged.set(name, { decision, metric, value, corrected });
    if (step === 'correction') this.corrections++;
    if (next) this.pending.push(next as Sent);
    else this.finished.push(operation);
  }
}

const isUnknown = ({ status, code }: FeedbackResult, byId: boolean): boolean =>
  byId && status === 'rejected' && code === 'unknown-decision';

const told = ({ body }: Answer): string => JSON.stringify(body).slice(0, 300);
