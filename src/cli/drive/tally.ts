/** Sums of what some rows of a table hold, per model and metric. */
import { tableMetrics, type Outcomes, type TableMetric } from '../../../sim/table/table.js';

export class Tally {
  rows = 0;
  private readonly sums: Record<TableMetric, Float64Array>;
  private readonly counts: Record<TableMetric, Float64Array>;

  constructor(private readonly models: number) {
    const zeros = () => Object.fromEntries(tableMetrics.map((metric) => [metric, new Float64Array(models)]));
    this.sums = zeros() as Record<TableMetric, Float64Array>;
    this.counts = zeros() as Record<TableMetric, Float64Array>;
  }

  /** Values that are NaN are not known, and not counted. */
  add(outcomes: Outcomes): void {
    this.rows++;
    for (const metric of tableMetrics) {
      const values = outcomes[metric];
      if (values === undefined) continue;
      for (let model = 0; model < this.models; model++) this.addOne(metric, model, values[model]!);
    }
  }

  private addOne(metric: TableMetric, model: number, value: number): void {
    if (Number.isNaN(value)) return;
    this.sums[metric][model]! += value;
    this.counts[metric][model]! += 1;
  }

  /** Mean over the rows where it is known; undefined where it never is. */
  mean(metric: TableMetric, model: number): number | undefined {
    const count = this.counts[metric][model]!;
    return count === 0 ? undefined : this.sums[metric][model]! / count;
  }

  /** Whether every row knows the metric for the model. */
  knows(metric: TableMetric, model: number): boolean {
    return this.rows > 0 && this.counts[metric][model] === this.rows;
  }
}
