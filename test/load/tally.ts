/** What became of the requests of one step. */
import type { FeedbackResult, RouteAnswer } from '../../src/routing/request.js';
import type { Answer } from './connection.js';

export class Tally {
  /** From when each decision was due until it was answered or given up, in milliseconds. */
  readonly latencies: number[] = [];
  /** From when a request was sent until it was refused with 503, in milliseconds. */
  readonly refusals: number[] = [];
  decisions = 0;
  /** Feedback items that the service said it applied. */
  applied = 0;
  /** Answers other than 200 and 503. */
  failed = 0;
  unanswered = 0;
  /** Batches of feedback that were not applied whole. */
  feedbackErrors = 0;
  lastDecisionAt = 0;
  lastFeedbackAt = 0;

  get errors(): number {
    return this.refusals.length + this.failed + this.unanswered + this.feedbackErrors;
  }

  /** @returns the token with which an outcome may be reported */
  decision(dueAt: number, answer: Answer | undefined): string | undefined {
    this.latencies.push((answer?.answeredAt ?? performance.now()) - dueAt);
    if (!answer) this.unanswered++;
    else if (answer.status === 503) this.refusals.push(answer.answeredAt - answer.sentAt);
    else if (answer.status !== 200) this.failed++;
    else {
      this.decisions++;
      this.lastDecisionAt = answer.answeredAt;
      return (JSON.parse(answer.body) as RouteAnswer).feedback_token;
    }
    return undefined;
  }

  feedback(items: number, answer: Answer | undefined): void {
    if (answer?.status !== 200) return void this.feedbackErrors++;
    const { results } = JSON.parse(answer.body) as { results: FeedbackResult[] };
    const applied = results.filter(({ status }) => status === 'applied').length;
    this.applied += applied;
    this.lastFeedbackAt = answer.answeredAt;
    if (applied < items) this.feedbackErrors++;
  }
}
