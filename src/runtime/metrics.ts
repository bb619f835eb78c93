/** What the process tells Prometheus of itself. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { Durations, histogramText } from './durations.js';
import { Tally } from './tally.js';

export class Metrics {
  readonly registry = new Registry();

  /** Decisions made, by router and chosen arm. */
  readonly decisions = new Tally();
  /** Time from a checked request to its decision, without HTTP. */
  readonly deciding = new Durations([5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 1e-3, 1e-2]);
  readonly feedback = new Counter({
    name: 'tradewind_feedback_total',
    help: 'Feedback items by what became of them: applied, duplicate, conflict, late, rejected',
    labelNames: ['router', 'status'],
    registers: [this.registry],
  });
  readonly retracted = new Counter({
    name: 'tradewind_retracted_outcomes_total',
    help: 'Outcomes that this process took out of the statistics because their source was taken back',
    labelNames: ['router'],
    registers: [this.registry],
  });
  readonly commits = new Histogram({
    name: 'tradewind_commit_seconds',
    help: 'Time of one transaction of a micro-batch, whether it went through or not',
    labelNames: ['kind'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [this.registry],
  });
  readonly logLag = new Gauge({
    name: 'tradewind_decision_log_lag_seconds',
    help: 'Age of the oldest decision that waits to be logged; 0 when none does',
    registers: [this.registry],
  });
  readonly tasks = new Counter({
    name: 'tradewind_task_runs_total',
    help: 'Runs of the tasks in the background (follow, budgets, fold, maintenance, …) by how they ended: success, failure',
    labelNames: ['task', 'outcome'],
    registers: [this.registry],
  });
  readonly lastRun = new Gauge({
    name: 'tradewind_task_last_success_timestamp_seconds',
    help: 'When a task in the background last succeeded, seconds since 1970',
    labelNames: ['task'],
    registers: [this.registry],
  });
  readonly partitions = new Counter({
    name: 'tradewind_partitions_total',
    help: 'Days of the logs that this process made and dropped',
    labelNames: ['change'],
    registers: [this.registry],
  });
  readonly folded = new Counter({
    name: 'tradewind_stripe_folds_total',
    help: 'Folds that this process made: each brings the stored sums of one stripe of one router up to its log, however many outcomes that adds',
    registers: [this.registry],
  });
  readonly forgotten = new Counter({
    name: 'tradewind_forgotten_sums_total',
    help: 'Stored sums of an arm, a metric and an epoch that this process dropped, because no decision in the log can need them',
    registers: [this.registry],
  });
  readonly schema = new Gauge({
    name: 'tradewind_schema_migrations',
    help: 'Migrations that the database has; the label names the newest',
    labelNames: ['newest'],
    registers: [this.registry],
  });
  readonly queued = new Gauge({
    name: 'tradewind_queue_rows',
    help: 'Rows of all routers that wait to be stored',
    labelNames: ['queue'],
    registers: [this.registry],
  });
  readonly staleness = new Histogram({
    name: 'tradewind_view_staleness_seconds',
    help: 'Time from when another replica took outcomes in until they are in the view of this one, by batch of outcomes',
    buckets: [0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2, 5],
    registers: [this.registry],
  });
  readonly forming = new Histogram({
    name: 'tradewind_view_seconds',
    help: 'Time to form a view from the statistics',
    buckets: [1e-4, 1e-3, 5e-3, 2e-2, 0.1, 0.5, 2],
    registers: [this.registry],
  });
  readonly energy = new Counter({
    name: 'tradewind_energy_joules_total',
    help: 'Energy that outcomes reported, by router and arm',
    labelNames: ['router', 'arm'],
    registers: [this.registry],
  });
  readonly spend = new Counter({
    name: 'tradewind_cost_usd_total',
    help: 'Cost that outcomes reported, by router and arm',
    labelNames: ['router', 'arm'],
    registers: [this.registry],
  });
  readonly price = new Gauge({
    name: 'tradewind_budget_price',
    help: 'Dual price of a budget, in accuracy points per unit of its metric',
    labelNames: ['router', 'budget'],
    registers: [this.registry],
  });
  readonly broken = new Gauge({
    name: 'tradewind_breaker_open',
    help: '1 while the circuit breaker holds the arm out, 0 while it does not; of routers without a declared one only the former',
    labelNames: ['router', 'arm'],
    registers: [this.registry],
  });

  readonly changes = new Counter({
    name: 'tradewind_changes_total',
    help: 'Changes of arms that were detected and recorded here, by router, arm and metric',
    labelNames: ['router', 'arm', 'metric'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    const { decisions } = this;
    new Counter({
      name: 'tradewind_decisions_total',
      help: 'Decisions made, by router and chosen arm',
      labelNames: ['router', 'arm'],
      registers: [this.registry],
      collect() {
        decisions.flush((router, arm, count) => this.inc({ router, arm }, count));
      },
    });
  }

  /** Times a commit, and one that fails too: where the database is in trouble, those are the ones that take long. */
  async timeCommit<T>(kind: 'decisions' | 'feedback', commit: () => Promise<T>): Promise<T> {
    const stop = this.commits.startTimer({ kind });
    try {
      return await commit();
    } finally {
      stop();
    }
  }

  async text(): Promise<string> {
    const help = 'Time from a checked request to its decision, without HTTP';
    return `${await this.registry.metrics()}${histogramText('tradewind_decide_seconds', help, [['', this.deciding]])}`;
  }
}
