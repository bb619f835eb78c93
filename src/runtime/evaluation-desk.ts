import { Problem } from '../routing/problem.js';
import type { RouterRecord } from '../store/router-record.js';
import { evaluateWindow, type EvaluationQuestion, type WindowEvaluation } from './evaluate.js';
import type { Host } from './hosted-router.js';

/** Values what-ifs beside the traffic, one at a time: each plays thousands of decisions. */
export class EvaluationDesk {
  private busy = false;

  constructor(private readonly host: Pick<Host, 'store' | 'clock'>) {}

  /** @throws Problem 'overloaded' | 'not-evaluable' */
  async evaluate(record: RouterRecord, question: EvaluationQuestion): Promise<WindowEvaluation> {
    if (this.busy)
      throw new Problem('overloaded', 'expected no other evaluation to be under way; one is, so try again soon', [], 5);
    this.busy = true;
    try {
      return await evaluateWindow(this.host.store, record, question, this.host.clock());
    } finally {
      this.busy = false;
    }
  }
}
