/** Takes feedback items: finds the decision of each, hands its rows to its router, and says what became of them. */
import type { FeedbackTarget } from '../routing/learn.js';
import type { OutcomeRow } from '../routing/outcome.js';
import { Problem } from '../routing/problem.js';
import type { FeedbackItem, FeedbackResult } from '../routing/request.js';
import type { Router } from '../routing/router.js';
import { notStoredInTime } from './feedback-batcher.js';
import { refusalOf, resultOf, rowsOf, type KnownOutcome, type RowStatus } from './feedback-items.js';
import { inTime } from './in-time.js';

/**
 * How long a caller waits for the commit before it is told to send its outcomes again. A connection that leads nowhere
 * is found out only after half a minute, each of a pool in its turn; less than what a process gets to stop in order.
 */
export const feedbackPatienceMs = 8_000;

/** A router as far as feedback is concerned. */
export interface FeedbackTaker {
  readonly router: Router;
  add(rows: readonly OutcomeRow[]): Promise<readonly RowStatus[]>;
}

export interface FeedbackDeskOptions {
  /** @throws Problem 'invalid-token' */
  readonly verify: (token: string) => FeedbackTarget | Promise<FeedbackTarget>;
  /** @throws Problem 'unknown-decision' */
  readonly lookUp: (decisionId: string, router: string | undefined) => Promise<FeedbackTarget>;
  /** @throws Problem 'unknown-router' */
  readonly find: (router: string) => FeedbackTaker | Promise<FeedbackTaker>;
  /** What is stored of decisions, to be shown to who reports something else. */
  readonly stored: (router: string, decisionIds: readonly string[]) => Promise<readonly KnownOutcome[]>;
  readonly tenant: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly onResult: (router: string, status: string) => void;
}

/** Rows that are handed over together; a batch of the store is about as large. */
const portionRows = 500;
/** Decisions of a batch that are looked up at the same time. */
const atOnce = 8;

interface Accepted {
  readonly index: number;
  readonly taker: FeedbackTaker;
  readonly rows: readonly OutcomeRow[];
}

export class FeedbackDesk {
  constructor(private readonly options: FeedbackDeskOptions) {}

  /**
   * @returns one result per item, in order
   * @throws Problem 'overloaded' | 'database-unavailable' for all of them, the latter also when it takes too long
   */
  take(items: readonly FeedbackItem[]): Promise<FeedbackResult[]> {
    return inTime(feedbackPatienceMs, this.settle(items), notStoredInTime);
  }

  private async settle(items: readonly FeedbackItem[]): Promise<FeedbackResult[]> {
    const results = new Array<FeedbackResult>(items.length);
    const accepted: Accepted[] = [];
    for (let start = 0; start < items.length; start += atOnce) {
      const some = items.slice(start, start + atOnce);
      const answers = await Promise.all(some.map((item, i) => this.accept(item, start + i)));
      answers.forEach((answer, i) => {
        if ('rows' in answer) accepted.push(answer);
        else results[start + i] = answer;
      });
    }
    await Promise.all(portions(accepted).map((portion) => this.handOver(portion, results)));
    return results;
  }

  private async accept(item: FeedbackItem, index: number): Promise<Accepted | FeedbackResult> {
    let router = item.router ?? '';
    let decisionId = item.decision_id;
    try {
      const target = await this.targetOf(item);
      ({ router, decisionId } = target);
      const taker = await this.options.find(router);
      return { index, taker, rows: rowsOf(taker.router, target, item, this.options.clock()) };
    } catch (error) {
      const refusal = refusalOf(error, decisionId);
      this.options.onResult(router, refusal.status);
      return refusal;
    }
  }

  private async targetOf(item: FeedbackItem): Promise<FeedbackTarget> {
    if (item.feedback_token === undefined) {
      if (item.decision_id === undefined)
        throw new Problem('invalid-request', 'expected a feedback_token or a decision_id, got neither');
      return this.options.lookUp(item.decision_id, item.router);
    }
    const target = await this.options.verify(item.feedback_token);
    if (target.tenant !== this.options.tenant)
      throw new Problem('invalid-token', 'expected a token of this tenant, got one of another');
    if (item.router !== undefined && item.router !== target.router) {
      throw new Problem('invalid-token', `expected a token of router "${item.router}", got one of "${target.router}"`);
    }
    return target;
  }

  private async handOver(portion: readonly Accepted[], results: FeedbackResult[]): Promise<void> {
    const statuses = await portion[0].taker.add(portion.flatMap(({ rows }) => rows));
    const known = await this.contradicted(portion, statuses);
    let start = 0;
    for (const { index, rows, taker } of portion) {
      const result = resultOf(rows, statuses.slice(start, (start += rows.length)), known);
      results[index] = result;
      this.options.onResult(taker.router.spec.id, result.code === 'feedback-conflict' ? 'conflict' : result.status);
    }
  }

  /** What is stored where a row says something else: a help to read, so that the rest is told without it too. */
  private async contradicted(
    portion: readonly Accepted[],
    statuses: readonly RowStatus[],
  ): Promise<readonly KnownOutcome[]> {
    const rows = portion.flatMap((item) => item.rows);
    const ids = new Set(rows.filter((_, i) => statuses[i] === 'conflict').map(({ decisionId }) => decisionId));
    if (ids.size === 0) return [];
    return this.options.stored(portion[0].taker.router.spec.id, [...ids]).catch(() => []);
  }
}

/** Items of one router, in order, about as many rows at a time as the store takes. */
function portions(accepted: readonly Accepted[]): Accepted[][] {
  const open = new Map<FeedbackTaker, Accepted[]>();
  const all: Accepted[][] = [];
  for (const item of accepted) {
    let portion = open.get(item.taker);
    if (!portion || portion.reduce((sum, { rows }) => sum + rows.length, 0) + item.rows.length > portionRows) {
      open.set(item.taker, (portion = []));
      all.push(portion);
    }
    portion.push(item);
  }
  return all;
}
