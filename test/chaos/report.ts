/** What a run found. The first line of names is what others read. */
export interface ChaosReport {
  faults: number;
  by_kind: Record<string, number>;
  /** Outcomes, one for each (decision, metric), that were acknowledged. */
  acknowledged: number;
  lost: number;
  doubled: number;
  state_mismatches: number;
  decisions_checked: number;
  decisions_not_reproduced: number;
  hung: number;
  seed: number;

  /** Faults that this machine doesn't allow, by kind, and how often they were drawn. */
  skipped: Record<string, number>;
  replicas: number;
  rounds: number;
  seconds: number;
  /** Decisions that clients were told of, and those of them that were made while the database was away. */
  decisions_answered: number;
  decided_while_away: number;
  /** Answered and then not logged, because their replica was killed; no outcome is lost with them. */
  decisions_unlogged: number;
  corrections: number;
  /** Sent once, and acknowledged as duplicates of themselves. */
  called_duplicate: number;
  /** Requests for feedback that were answered 503, and requests that ended with their replica. */
  postponed: number;
  cut_short: number;
  /** Requests without an answer in time while their replica had no processor for most of it: the machine was too busy. */
  starved: number;
  slowest_route_ms: number;
  slowest_feedback_ms: number;
  peak_memory_mb: number;
  /** Whatever else was not as it must be, in words. */
  violations: string[];
}

export const emptyReport = (seed: number, replicas: number): ChaosReport => ({
  faults: 0,
  by_kind: {},
  acknowledged: 0,
  lost: 0,
  doubled: 0,
  state_mismatches: 0,
  decisions_checked: 0,
  decisions_not_reproduced: 0,
  hung: 0,
  seed,
  skipped: {},
  replicas,
  rounds: 0,
  seconds: 0,
  decisions_answered: 0,
  decided_while_away: 0,
  decisions_unlogged: 0,
  corrections: 0,
  called_duplicate: 0,
  postponed: 0,
  cut_short: 0,
  starved: 0,
  slowest_route_ms: 0,
  slowest_feedback_ms: 0,
  peak_memory_mb: 0,
  violations: [],
});

/** Whether everything that was promised was kept. */
export const isKept = (report: ChaosReport): boolean =>
  report.lost === 0 &&
  report.doubled === 0 &&
  report.state_mismatches === 0 &&
  report.decisions_not_reproduced === 0 &&
  report.hung === 0 &&
  report.called_duplicate === 0 &&
  report.violations.length === 0;
